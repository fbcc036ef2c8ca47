#include <sys/resource.h>

#include <CLI/CLI.hpp>
#include <iostream>
#include <nlohmann/json.hpp>
#include <string>

#include "tests/load/egress/platform_sender.h"
#include "tests/load/egress/raw_sender.h"
#include "tests/load/egress/scenario.h"

namespace {

using namespace webhook;

void TakeAllDescriptors() {
  rlimit files{};
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
}

Result<load::Progress> Measure(bool raw, const load::Scenario& scenario, const load::Target& target) {
  if (raw) return load::RawSender(scenario, target).Run();
  return load::PlatformSender(scenario, target).Run();
}

nlohmann::ordered_json ToJson(const load::Progress& progress, const load::Scenario& scenario) {
  const load::Usage& used = progress.usage();
  const auto requests = static_cast<double>(scenario.requests);
  return {{"scenario", scenario.name},
          {"requests", scenario.requests},
          {"sent", progress.sent()},
          {"failed", progress.failed()},
          {"cpu_us", (used.user + used.system) / requests},
          {"user_us", used.user / requests},
          {"system_us", used.system / requests},
          {"requests_per_s", requests / used.wall * 1e6}};
}

nlohmann::ordered_json ToJson(const load::Scenario& scenario) {
  return {{"scenario", scenario.name},       {"tls", scenario.tls},
          {"keep", scenario.keep},           {"resume", scenario.resume},
          {"hosts", scenario.hosts},         {"connections", scenario.slots()},
          {"in_flight", scenario.in_flight}, {"requests", scenario.requests}};
}

}  // namespace

int main(int argc, char** argv) {
  std::string name;
  std::string sender = "platform";
  std::size_t requests = 0;
  bool list = false;
  load::Target target;
  CLI::App app(
      "load-egress: what a request costs the platform's HTTP sender, or a raw one on epoll; a line of JSON. "
      "At load-sink.");
  app.add_flag("--list", list, "prints the scenarios, a line of JSON each");
  app.add_option("--scenario", name, "one of --list");
  app.add_option("--sender", sender, "platform or raw")->check(CLI::IsMember({"platform", "raw"}));
  app.add_option("--port", target.port, "the sink's, that the scenario needs");
  app.add_option("--ca-file", target.ca_file, "the sink's authority");
  app.add_option("--requests", requests, "measured; 0: as many as the scenario has");
  CLI11_PARSE(app, argc, argv);

  if (list) {
    for (const load::Scenario& scenario : load::Scenarios()) std::cout << ToJson(scenario).dump() << "\n";
    return 0;
  }
  auto scenario = load::FindScenario(name);
  if (!scenario) {
    std::cerr << "error: unknown scenario \"" << name << "\"\n";
    return 1;
  }
  if (requests > 0) scenario->requests = requests;
  TakeAllDescriptors();
  const auto progress = Measure(sender == "raw", *scenario, target);
  if (!progress) {
    std::cerr << "error: " << progress.error().message << "\n";
    return 1;
  }
  auto json = ToJson(*progress, *scenario);
  json["sender"] = sender;
  std::cout << json.dump() << "\n";
  return progress->failed() == 0 ? 0 : 1;
}
