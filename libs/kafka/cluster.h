#pragma once

#include <string>

#include <utility>

#include "core/secret.h"

namespace webhook::metrics {
class Registry;
}  // namespace webhook::metrics

namespace webhook::kafka {

// Where the brokers are and how they are reached; names and words are librdkafka's own. Files are PEM, read
// when a client is made: who renews a certificate restarts what uses it.
struct Cluster {
  std::string brokers = {};                      // host:port, comma-separated
  std::string security_protocol = "plaintext";   // plaintext, ssl, sasl_plaintext, sasl_ssl
  std::string sasl_mechanism = "SCRAM-SHA-512";  // PLAIN, SCRAM-SHA-256, SCRAM-SHA-512
  std::string sasl_username = {};
  Secret sasl_password = {};
  std::string ca_file = {};    // empty: the system's authorities
  std::string cert_file = {};  // of this client; empty: none
  std::string key_file = {};
  // Where clients count what goes wrong (webhook_kafka_errors_total); outlives them. null: nobody counts.
  metrics::Registry* errors = nullptr;
};

// The same cluster, with errors counted there.
inline Cluster Counted(Cluster cluster, metrics::Registry& errors) {
  cluster.errors = &errors;
  return cluster;
}

}  // namespace webhook::kafka
