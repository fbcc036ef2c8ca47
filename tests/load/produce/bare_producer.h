#pragma once

#include <librdkafka/rdkafka.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "tests/load/produce/records.h"

namespace webhook::load {

struct ProduceOptions {
  std::string brokers;
  std::string topic;
  std::uint64_t count = 100'000;
  std::string linger_ms = "5";
};

struct Produced {
  std::uint64_t acknowledged = 0;
  double seconds = 0;  // from the first record to the last acknowledgement
};

struct TopicEnds {
  int partitions = 0;    // 0: not known
  std::int64_t sum = 0;  // of their end offsets
};

// librdkafka with the settings of libs/kafka's producer, and nothing between it and its caller. One thread. A
// mistake of the settings ends the process.
class BareProducer {
 public:
  explicit BareProducer(const ProduceOptions& options);

  // All block.
  bool MakeTopic(int partitions);
  TopicEnds Ends();
  // options.count records, those of `records` in turns.
  Produced Run(const std::vector<Record>& records);

 private:
  struct Destroy {
    void operator()(rd_kafka_t* client) const { rd_kafka_destroy(client); }
  };
  static void OnAnswer(rd_kafka_t*, const rd_kafka_message_t* message, void* self);
  bool Produce(const Record& record);

  const ProduceOptions options_;
  std::unique_ptr<rd_kafka_t, Destroy> client_;
  std::uint64_t acknowledged_ = 0;
};

}  // namespace webhook::load
