#include "config/config.h"
#include "http/admin_server.h"
#include "log/log.h"
#include "runtime/signals.h"
#include "services/registry/config.h"
#include "services/registry/wiring.h"

int main(int argc, char** argv) {
  webhook::runtime::BlockSignals();
  webhook::Config config;
  webhook::config::Table table = webhook::DeclareSettings(&config);
  const auto command = webhook::config::LoadOrExit(table, argc, argv);
  if (command == webhook::config::Table::Command::kHealthcheck) {
    return webhook::http::CheckReady(config.admin_addr) ? 0 : 1;
  }
  webhook::log::Configure("registry", webhook::log::ParseLevel(config.log_level));

  auto registry = webhook::Registry::Start(config);
  if (!registry) {
    webhook::log::Error("start.failed", {{"error", registry.error().message}});
    return 1;
  }
  webhook::log::Info("started");
  const int signal = webhook::runtime::WaitForShutdown();
  (*registry)->Drain();
  webhook::log::Info("stopped", {{"signal", signal}});
  return signal == 0 ? 1 : 0;
}
