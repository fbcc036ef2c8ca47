#include <CLI/CLI.hpp>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "runtime/process.h"
#include "tests/load/publish/load.h"

int main(int argc, char** argv) {
  webhook::load::LoadOptions options;
  std::string mode = "stream";
  std::string accounts_file;
  std::vector<std::string> types{"user.created"};
  std::size_t data_bytes = 1'024;
  CLI::App app(
      "load-publish: publishes events as fast as answers come, or at a rate, and prints what became of them "
      "as JSON.\n"
      "The key (scope events:publish): WEBHOOK_PUBLISH_KEY.");
  app.add_option("--addr", options.address, "event-ingest, host:port")->required();
  app.add_option("--accounts", accounts_file, "file with an account's id a line; events take turns")
      ->required();
  app.add_option("--types", types, "event types, taken in turns by each account's events")->delimiter(',');
  app.add_option("--mode", mode, "unary, batch or stream")
      ->check(CLI::IsMember({"unary", "batch", "stream"}));
  app.add_option("--count", options.count, "events");
  app.add_option("--rate", options.rate, "events a second, each at its own time; 0: as fast as answers come");
  app.add_option("--data-bytes", data_bytes, "size of each event's data");
  app.add_option("--channels", options.channels, "connections; streams");
  app.add_option("--in-flight", options.in_flight, "calls that wait for an answer; of a stream: events");
  app.add_option("--batch", options.batch, "events a call, or a message of a stream");
  CLI11_PARSE(app, argc, argv);

  const char* key = std::getenv("WEBHOOK_PUBLISH_KEY");
  if (key == nullptr) {
    std::cerr << "error: WEBHOOK_PUBLISH_KEY is not set\n";
    return 1;
  }
  options.key = key;
  std::vector<std::string> accounts;
  std::ifstream file(accounts_file);
  for (std::string line; std::getline(file, line);) accounts.push_back(line);
  if (accounts.empty()) {
    std::cerr << "error: no account in " << accounts_file << "\n";
    return 1;
  }

  const webhook::load::EventMaker maker(accounts, types, data_bytes);
  const webhook::load::Outcome outcome =
      mode == "stream" ? PublishByStreams(options, maker) : PublishByCalls(options, maker, mode == "batch");
  nlohmann::ordered_json json{{"accepted", outcome.accepted},
                              {"refused", outcome.refused},
                              {"seconds", outcome.seconds},
                              {"cpu_seconds", webhook::runtime::ReadProcessUse().cpu_seconds}};
  if (outcome.latency.count() > 0) {
    for (const auto& [name, q] : {std::pair{"p50_us", 0.5}, {"p99_us", 0.99}, {"p999_us", 0.999}}) {
      json[name] = outcome.latency.Quantile(q);
    }
  }
  std::cout << json.dump() << "\n";
  return outcome.accepted == options.count ? 0 : 1;
}
