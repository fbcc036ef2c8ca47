#pragma once

#include <grpcpp/support/server_interceptor.h>

#include <memory>

#include "metrics/metrics.h"

namespace webhook::rpc {

// Counts a server's calls under the names that the gRPC ecosystem's dashboards know. The registry must
// outlive the server.
std::unique_ptr<grpc::experimental::ServerInterceptorFactoryInterface> MakeCallCounter(
    metrics::Registry& registry);

}  // namespace webhook::rpc
