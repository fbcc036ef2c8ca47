#pragma once

#include <grpcpp/grpcpp.h>

#include <chrono>
#include <memory>
#include <string>

#include "core/result.h"
#include "rpc/error_map.h"
#include "rpc/server.h"
#include "runtime/clock.h"

namespace webhook::ctl {

inline constexpr std::chrono::seconds kGrpcDeadline{10};

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

}  // namespace webhook::ctl
