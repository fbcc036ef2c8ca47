#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "config/config.h"
#include "core/secret.h"

namespace webhook {

// The worker's settings.
struct Config {
  std::string log_level;
  std::string profile;
  std::string admin_addr;
  std::chrono::milliseconds drain_timeout{};
  std::string kafka;
  std::string registry_addr;
  Secret internal_token;
  std::vector<std::string> roles;
  bool allow_http = false;
  std::vector<std::string> egress_allow_cidrs;
  std::string egress_ca_file;
  double retry_time_scale = 1;
  std::int64_t lanes = 2;
  std::chrono::milliseconds http_timeout{};
  std::chrono::milliseconds http_connect_timeout{};
  std::int64_t http_max_connections = 0;
  std::chrono::milliseconds delivery_max_age{};
};

// Declares every setting of the worker. `config` must outlive the table.
config::Table DeclareSettings(Config* config);

}  // namespace webhook
