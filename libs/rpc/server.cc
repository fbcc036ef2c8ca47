#include "rpc/server.h"

#include <absl/synchronization/mutex.h>
#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/health_check_service_interface.h>
#include <grpcpp/resource_quota.h>

#include <mutex>
#include <utility>

#include "core/time.h"
#include "rpc/internal/call_counter.h"
#include "rpc/internal/grpc_log.h"
#include "runtime/clock.h"

namespace webhook::rpc {
namespace {

constexpr int kKeepaliveMs = 30'000;
constexpr int kKeepaliveTimeoutMs = 10'000;
constexpr int kAgeGraceMs = 300'000;

std::string HostOf(const std::string& address) {
  return address.substr(0, address.rfind(':'));
}

}  // namespace

Result<std::unique_ptr<Server>> Server::Start(const ServerOptions& options,
                                              const std::vector<Offered>& services) {
  static std::once_flag plugins;
  // For every server of the process: there is one.
  std::call_once(plugins, [&] {
    grpc::EnableDefaultHealthCheckService(true);
    // Debian's build of gRPC's locks looks for deadlocks at each of them: a twentieth of a unary call.
    absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
    if (options.reflection) grpc::reflection::InitProtoReflectionServerBuilderPlugin();
  });
  RouteGrpcLog();
  grpc::ServerBuilder builder;
  int port = 0;
  builder.AddListeningPort(options.address, options.identity->ServerCredentials(), &port);
  builder.SetMaxReceiveMessageSize(options.max_message_bytes);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, options.max_concurrent_streams);
  builder.AddChannelArgument(GRPC_ARG_MAX_METADATA_SIZE, options.max_metadata_bytes);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, kKeepaliveMs);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, kKeepaliveTimeoutMs);
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, kKeepaliveTimeoutMs);
  // Two processes on one port would share its calls without telling.
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  if (options.max_connection_age.count() > 0) {
    builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_AGE_MS,
                               static_cast<int>(options.max_connection_age.count()));
    builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_AGE_GRACE_MS, kAgeGraceMs);
  }
  grpc::ResourceQuota quota("server");
  quota.SetMaxThreads(options.max_threads);
  builder.SetResourceQuota(quota);
  if (options.metrics != nullptr) {
    std::vector<std::unique_ptr<grpc::experimental::ServerInterceptorFactoryInterface>> interceptors;
    std::vector<std::string> names;
    for (const Offered& offered : services) names.push_back(offered.name);
    interceptors.push_back(MakeCallCounter(*options.metrics, names));
    builder.experimental().SetInterceptorCreators(std::move(interceptors));
  }
  for (const Offered& offered : services) builder.RegisterService(offered.service);
  std::unique_ptr<Server> server(new Server());
  server->server_ = builder.BuildAndStart();
  if (!server->server_ || port == 0)
    return Error{ErrorCode::kUnavailable, "listen_failed", "cannot listen on " + options.address};
  server->address_ = HostOf(options.address) + ":" + std::to_string(port);
  server->SetServing(false);
  return server;
}

Server::~Server() {
  Stop(std::chrono::milliseconds(0));
}

void Server::SetServing(bool serving) {
  server_->GetHealthCheckService()->SetServingStatus(serving);
}

void Server::Stop(std::chrono::milliseconds grace) {
  // It stays until the destructor: others may still say whether it serves.
  if (!server_) return;
  server_->Shutdown(
      std::chrono::system_clock::time_point(runtime::ReadClock().wall.time_since_epoch() + grace));
}

std::string Authorization(const std::multimap<grpc::string_ref, grpc::string_ref>& metadata) {
  const auto [first, last] = metadata.equal_range("authorization");
  if (first == last || std::next(first) != last) return "";
  return std::string(first->second.data(), first->second.size());
}

std::string RemoteAddress(const grpc::ServerContextBase& context) {
  std::string peer = context.peer();
  const std::size_t scheme = peer.find(':');
  if (scheme != std::string::npos) peer.erase(0, scheme + 1);
  if (const std::size_t port = peer.rfind(':'); port != std::string::npos) peer.erase(port);
  return peer;
}

std::shared_ptr<grpc::Channel> MakeChannel(const std::string& address, const Identity& identity) {
  RouteGrpcLog();
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, kKeepaliveMs);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, kKeepaliveTimeoutMs);
  arguments.SetInt(GRPC_ARG_HTTP2_MAX_PINGS_WITHOUT_DATA, 0);
  // This is how long connecting may take, handshake included; what is refused at once is tried again sooner.
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, 5'000);
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 200);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 2'000);
  // A dead process on this port is not shared with others of the same process.
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  arguments.SetLoadBalancingPolicyName("round_robin");
  arguments.SetMaxReceiveMessageSize(64 << 20);
  return grpc::CreateCustomChannel(address, identity.ChannelCredentials(), arguments);
}

}  // namespace webhook::rpc
