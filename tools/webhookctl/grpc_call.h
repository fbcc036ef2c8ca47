#pragma once

#include <grpcpp/grpcpp.h>

#include <chrono>
#include <memory>
#include <string>

#include "core/result.h"
#include "rpc/error_map.h"
#include "rpc/server.h"
#include "rpc/tls.h"
#include "runtime/clock.h"
#include "tools/webhookctl/context.h"
#include "webhook/v1/admin.grpc.pb.h"

namespace webhook::ctl {

inline constexpr std::chrono::seconds kGrpcDeadline{10};

// To a service of the platform, as whom the context's TLS files say.
inline Result<std::shared_ptr<grpc::Channel>> ChannelTo(const Context& context, const std::string& address) {
  static const auto identity = rpc::Identity::Load(context.tls, nullptr);  // outlives every channel
  if (!identity) return identity.error();
  return rpc::MakeChannel(address, **identity);
}

// One unary call: `method` is a member of the stub, e.g. &Stub::CreateAccount.
template <typename Service, typename Method, typename Request, typename Response>
Status CallGrpc(const std::shared_ptr<grpc::Channel>& channel, const std::string& bearer, Method method,
                const Request& request, Response* response) {
  grpc::ClientContext context;
  context.AddMetadata("authorization", "Bearer " + bearer);
  context.set_deadline(
      std::chrono::system_clock::time_point(runtime::ReadClock().wall.time_since_epoch() + kGrpcDeadline));
  const auto stub = Service::NewStub(channel);
  const grpc::Status status = ((*stub).*method)(&context, request, response);
  return status.ok() ? Ok() : Status(rpc::FromGrpc(status));
}

// One call of the registry's AdminService with the internal token.
template <typename Method, typename Request, typename Response>
Status CallAdmin(const Context& context, Method method, const Request& request, Response* response) {
  const auto address = context.Need(context.registry_addr, "WEBHOOK_REGISTRY_ADDR");
  if (!address) return address.error();
  const auto token =
      context.Need(context.internal_token, "WEBHOOK_INTERNAL_TOKEN or WEBHOOK_INTERNAL_TOKEN_FILE");
  if (!token) return token.error();
  const auto channel = ChannelTo(context, *address);
  if (!channel) return channel.error();
  return CallGrpc<v1::AdminService>(*channel, *token, method, request, response);
}

}  // namespace webhook::ctl
