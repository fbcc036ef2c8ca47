#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

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
  std::string profile;
  std::string admin_addr;
  std::chrono::milliseconds drain_timeout{};
  kafka::Cluster kafka;
  rpc::TlsFiles tls;
  std::string registry_addr;
  Secret internal_token;
  std::vector<std::string> roles;
  bool allow_http = false;
  std::vector<std::string> egress_allow_cidrs;
  std::string egress_ca_file;
  std::string egress_canary_url;
  double retry_time_scale = 0;
  std::int64_t deliver_threads = 0;
  std::chrono::milliseconds http_timeout{};
  std::chrono::milliseconds http_connect_timeout{};
  std::int64_t http_max_connections = 0;
  std::int64_t http_max_per_address = 0;
  std::chrono::milliseconds delivery_max_age{};
  trace::ExportSettings traces;
};

// Declares every setting of the worker. `config` must outlive the table.
config::Table DeclareSettings(Config* config);

}  // namespace webhook
