#include "config/config.h"
#include "http/admin_server.h"
#include "log/log.h"
#include "runtime/signals.h"
#include "services/delivery-worker/config.h"
#include "services/delivery-worker/wiring.h"

int main(int argc, char** argv) {
  webhook::runtime::BlockSignals();
  webhook::Config config;
  webhook::config::Table table = webhook::DeclareSettings(&config);
  const auto command = webhook::config::LoadOrExit(table, argc, argv);
  if (command == webhook::config::Table::Command::kHealthcheck) {
    return webhook::http::CheckReady(config.admin_addr) ? 0 : 1;
  }
  webhook::log::Configure("delivery-worker", webhook::log::ParseLevel(config.log_level));

  auto worker = webhook::Worker::Start(config);
  if (!worker) {
    webhook::log::Error("start.failed", {{"error", worker.error().message}});
    return 1;
  }
  webhook::log::Info("started");
  const int signal = webhook::runtime::WaitForShutdown();
  (*worker)->Drain();
  webhook::log::Info("stopped", {{"signal", signal}});
  return signal == 0 ? 1 : 0;
}
