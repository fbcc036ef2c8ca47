#include <CLI/CLI.hpp>
#include <iostream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "runtime/process.h"
#include "tests/load/produce/bare_producer.h"
#include "tests/load/produce/records.h"

int main(int argc, char** argv) {
  webhook::load::ProduceOptions options;
  std::size_t data_bytes = 1'024;
  int make = 0;
  bool ends = false;
  CLI::App app(
      "load-produce: the records of events into a topic by librdkafka alone, as fast as it takes them; "
      "prints "
      "what became of them as JSON.");
  app.add_option("--brokers", options.brokers, "host:port")->required();
  app.add_option("--topic", options.topic, "topic")->required();
  app.add_option("--count", options.count, "records");
  app.add_option("--data-bytes", data_bytes, "size of each event's data");
  app.add_option("--linger-ms", options.linger_ms, "how long a batch may wait for more");
  app.add_option("--make", make, "make the topic with so many partitions, and nothing else");
  app.add_flag("--ends", ends,
               "print how many partitions the topic has and the sum of their end offsets, "
               "and nothing else");
  CLI11_PARSE(app, argc, argv);

  webhook::load::BareProducer producer(options);
  nlohmann::ordered_json json;
  bool good = true;
  if (make > 0) {
    good = producer.MakeTopic(make);
    json["partitions"] = make;
  } else if (ends) {
    const webhook::load::TopicEnds found = producer.Ends();
    good = found.partitions > 0;
    json = {{"partitions", found.partitions}, {"end", found.sum}};
  } else {
    const std::vector<webhook::load::Record> records = webhook::load::MakeRecords(options.count, data_bytes);
    const double spent = webhook::runtime::ReadProcessUse().cpu_seconds;
    const webhook::load::Produced produced = producer.Run(records);
    good = produced.acknowledged == options.count;
    json = {{"accepted", produced.acknowledged},
            {"seconds", produced.seconds},
            {"record_bytes", records.front().key.size() + records.front().value.size()},
            {"cpu_seconds", webhook::runtime::ReadProcessUse().cpu_seconds - spent}};
  }
  std::cout << json.dump() << "\n";
  return good ? 0 : 1;
}
