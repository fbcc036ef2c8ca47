#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "config/config.h"
#include "core/secret.h"
#include "kafka/cluster.h"
#include "rpc/tls_files.h"

namespace webhook {

// The settings; names, meaning, bounds and defaults are in config.cc. A new one is a field here, a line
// there, its name in libs/config/known_names.h, and its use in wiring.cc.
struct Config {
  std::string log_level;
  std::string admin_addr;
  std::string rest_addr;
  std::string grpc_addr;
  bool grpc_reflection = false;
  std::chrono::milliseconds grpc_max_connection_age{};
  std::chrono::milliseconds drain_timeout{};
  kafka::Cluster kafka;
  rpc::TlsFiles tls;
  Secret pg_dsn;
  Secret pg_password;
  std::int64_t pg_pool = 0;
  Secret kek;
  Secret kek_old;  // empty: none
  Secret api_key_pepper;
  Secret internal_token;
  std::vector<std::string> roles;
  bool allow_http = false;
  std::vector<std::string> egress_allow_cidrs;
  bool allow_unlimited = false;
  std::vector<std::string> trusted_proxies;
  std::string ingest_addr;            // empty: nothing can be published by REST
  std::int64_t calls_per_minute = 0;  // of one account; 0: any
  std::int64_t max_webhooks = 0;      // likewise
  std::chrono::milliseconds session_lifetime{};
  std::chrono::milliseconds session_idle_timeout{};
  std::chrono::milliseconds log_retention{};
  std::chrono::milliseconds deactivate_after{};  // 0: never
};

// Declares every setting of the registry. `config` must outlive the table.
config::Table DeclareSettings(Config* config);

}  // namespace webhook
