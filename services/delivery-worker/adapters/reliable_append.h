#pragma once

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "core/time.h"
#include "kafka/producer.h"
#include "runtime/stop_token.h"

namespace webhook {

// Appends a batch of records and waits until every one is acknowledged; what fails or finds a full queue is
// repeated for ever, or until 5 s after the stop. Thread: its owner's only.
class ReliableAppend {
 public:
  ReliableAppend(kafka::Producer& producer, const runtime::StopToken& stop);

  struct Record {
    const char* topic = nullptr;
    std::int32_t partition = -1;
    std::string key;
    std::string value;
  };
  // Waits for what was added before where that is a lot (8 MiB): a batch may become any number of records.
  void Add(Record record);
  // True: all that was added is acknowledged. False: stopped before; nothing may be committed.
  bool Wait();

 private:
  struct State;  // shared with acknowledgements that come after the owner has gone

  void Produce(std::size_t index);
  // True where the stop was asked for so long ago that the broker will not answer in time.
  bool GivenUp();

  kafka::Producer& producer_;
  const runtime::StopToken& stop_;
  std::vector<Record> records_;
  std::size_t bytes_ = 0;  // of records_
  std::optional<MonoTime> stop_seen_;
  bool given_up_ = false;
  std::shared_ptr<State> state_;
};

}  // namespace webhook
