#include "config/config.h"
#include "http/admin_server.h"
#include "log/log.h"
#include "runtime/signals.h"
#include "services/event-ingest/config.h"
#include "services/event-ingest/wiring.h"

int main(int argc, char** argv) {
  webhook::runtime::BlockSignals();
  webhook::Config config;
  webhook::config::Table table = webhook::DeclareSettings(&config);
  const auto command = webhook::config::LoadOrExit(table, argc, argv);
  if (command == webhook::config::Table::Command::kHealthcheck) {
    return webhook::http::CheckReady(config.admin_addr) ? 0 : 1;
  }
  webhook::log::Configure("event-ingest", webhook::log::ParseLevel(config.log_level));

  auto ingest = webhook::Ingest::Start(config);
  if (!ingest) {
    webhook::log::Error("start.failed", {{"error", ingest.error().message}});
    return 1;
  }
  webhook::log::Info("started");
  const int signal = webhook::runtime::WaitForShutdown();
  (*ingest)->Drain();
  webhook::log::Info("stopped", {{"signal", signal}});
  return signal == 0 ? 1 : 0;
}
