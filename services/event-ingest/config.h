#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "config/config.h"
#include "core/secret.h"
#include "kafka/cluster.h"
#include "rpc/tls_files.h"
#include "trace/export_settings.h"

namespace webhook {

// The settings; names, meaning, bounds and defaults are in config.cc. A new one is a field here, a line
// there, its name in libs/config/known_names.h, and its use in wiring.cc.
struct Config {
  std::string log_level;
  std::string admin_addr;
  std::string grpc_addr;
  bool grpc_reflection = false;
  std::chrono::milliseconds grpc_max_connection_age{};
  std::chrono::milliseconds drain_timeout{};
  kafka::Cluster kafka;
  rpc::TlsFiles tls;
  std::string registry_addr;
  Secret internal_token;
  Secret api_key_pepper;
  std::int64_t max_in_flight = 0;
  std::int64_t max_events_per_second = 0;
  std::string schema_check;  // "reject" or "count"
  trace::ExportSettings traces;
};

// Declares every setting of event-ingest. `config` must outlive the table.
config::Table DeclareSettings(Config* config);

}  // namespace webhook
