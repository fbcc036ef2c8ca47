#pragma once

#include <grpcpp/grpcpp.h>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "core/result.h"
#include "metrics/metrics.h"
#include "rpc/tls.h"

namespace webhook::rpc {

struct ServerOptions {
  std::string address;  // host:port; port 0: any
  std::shared_ptr<const Identity> identity;
  int max_message_bytes = 4 * 1024 * 1024;  // larger: RESOURCE_EXHAUSTED
  int max_concurrent_streams = 1000;        // a connection
  int max_metadata_bytes = 16 * 1024;
  int max_threads = 512;  // of services that block; more calls: RESOURCE_EXHAUSTED
  // Each reader of it holds a thread for as long as it likes, and needs no key.
  bool reflection = false;
  // A connection is asked to end after so long, so that its caller finds replicas that are new; calls on it
  // have 5 more minutes. 0: never.
  std::chrono::milliseconds max_connection_age{0};
  metrics::Registry* metrics = nullptr;  // counts calls; outlives the server. null: nobody counts
};

// A service that a server offers.
struct Offered {
  std::string name;  // its full name: "webhook.v1.EventIngestService"
  grpc::Service* service = nullptr;
};

// `Generated`: the class that protoc made, of which `implementation` is one.
template <typename Generated>
Offered Offer(typename Generated::Service* implementation) {
  return {Generated::service_full_name(), implementation};
}

// A gRPC server with the health service (grpc.health.v1) and, where asked for, reflection. The services must
// outlive it.
class Server {
 public:
  static Result<std::unique_ptr<Server>> Start(const ServerOptions& options,
                                               const std::vector<Offered>& services);
  ~Server();

  std::string address() const { return address_; }
  // What the health service says for "" and every service.
  void SetServing(bool serving);
  // Graceful; calls that last longer are cancelled. Idempotent.
  void Stop(std::chrono::milliseconds grace);

 private:
  Server() = default;
  std::unique_ptr<grpc::Server> server_;
  std::string address_;
};

// Value of metadata `authorization` of a call; empty: absent or given twice.
std::string Authorization(const std::multimap<grpc::string_ref, grpc::string_ref>& metadata);

// "127.0.0.1" of the peer "ipv4:127.0.0.1:4711".
std::string RemoteAddress(const grpc::ServerContextBase& context);

// A channel with keepalive and the platform's message limit. Its replicas, where the address is a name for
// several, take turns.
std::shared_ptr<grpc::Channel> MakeChannel(const std::string& address, const Identity& identity);

}  // namespace webhook::rpc
