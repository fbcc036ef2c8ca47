#pragma once

#include <iostream>

#include "config/config.h"
#include "http/admin_server.h"
#include "log/log.h"
#include "runtime/process.h"
#include "runtime/signals.h"

namespace webhook::service {

// Of --healthcheck: 0, or 1 with the reason on stderr, where orchestrators keep it.
inline int ExitCodeOf(const Status& ready) {
  if (!ready) std::cerr << ready.error().message << "\n";
  return ready ? 0 : 1;
}

// The life of a service, as its main: settings (and what --help, --version, --check-config and --healthcheck
// ask for), start, SIGTERM or SIGINT, drain. `Service` has a static Start(const Config&), which gives a
// Result of a pointer to one, and Drain(); `Config` has admin_addr and log_level. Returns the exit code: 0
// told to stop, 1 could not start, or a part has ended that must not. Mistakes in the settings exit with 78.
template <typename Service, typename Config>
int Run(const char* name, config::Table (*declare_settings)(Config*), int argc, char** argv) {
  runtime::ForbidDumps();
  runtime::BlockSignals();
  Config config;
  config::Table table = declare_settings(&config);
  if (config::LoadOrExit(table, argc, argv) == config::Table::Command::kHealthcheck)
    return ExitCodeOf(http::CheckReady(config.admin_addr));
  log::Configure(name, log::ParseLevel(config.log_level));

  auto service = Service::Start(config);
  if (!service) {
    log::Error("start.failed", {{"error", service.error().message}});
    return 1;
  }
  log::Info("started");
  const int signal = runtime::WaitForShutdown();
  (*service)->Drain();
  log::Info("stopped", {{"signal", signal}});
  return signal == 0 ? 1 : 0;
}

}  // namespace webhook::service
