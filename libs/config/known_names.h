#pragma once

#include <array>
#include <string_view>

namespace webhook::config {

// Every setting of the platform, of whatever service or tool: one environment serves them all, and a name
// that is not here is a mistake.
inline constexpr auto kKnownNames = std::to_array<std::string_view>({
    "admin-addr",
    "allow-http",
    "allow-unlimited",
    "account",
    "api-key",
    "api-key-pepper",
    "bin-dir",
    "deactivate-after",
    "delivery-max-age",
    "delivery-partitions",
    "dev-dir",
    "drain-timeout",
    "egress-allow-cidrs",
    "egress-ca-file",
    "egress-canary-url",
    "grpc-addr",
    "grpc-reflection",
    "http-connect-timeout",
    "http-max-connections",
    "http-max-per-address",
    "http-timeout",
    "ingest-addr",
    "internal-token",
    "kafka",
    "kek",
    "kek-old",
    "kek-old-file",
    "deliver-threads",
    "log-level",
    "log-retention",
    "max-events-per-second",
    "max-in-flight",
    "metrics-urls",
    "pg-dsn",
    "pg-pool",
    "calls-per-minute",
    "max-webhooks",
    "pids-dir",
    "profile",
    "publish-key",
    "receiver-url",
    "registry-addr",
    "rest-addr",
    "rest-url",
    "retry-time-scale",
    "roles",
    "schema-check",
    "trusted-proxies",
    "test-kafka",
    "test-pg-dsn",
    "api-key-file",
    "api-key-pepper-file",
    "internal-token-file",
    "kek-file",
    "pg-dsn-file",
    "publish-key-file",
});

}  // namespace webhook::config
