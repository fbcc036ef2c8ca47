#pragma once

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "kafka/producer.h"
#include "runtime/stop_token.h"

namespace webhook {

// Appends a batch of records and waits until every one is acknowledged; what fails or finds a full queue is
// repeated for ever, or until the stop. Thread: its owner's only.
class ReliableAppend {
 public:
  ReliableAppend(kafka::Producer& producer, const runtime::StopToken& stop);

  struct Record {
    const char* topic = nullptr;
    std::int32_t partition = -1;
    std::string key;
    std::string value;
  };
  void Add(Record record);
  // True: all that was added is acknowledged. False: stopped before; nothing may be committed.
  bool Wait();

 private:
  struct State;  // shared with acknowledgements that come after the owner has gone

  void Produce(std::size_t index);

  kafka::Producer& producer_;
  const runtime::StopToken& stop_;
  std::vector<Record> records_;
  std::shared_ptr<State> state_;
};

}  // namespace webhook
