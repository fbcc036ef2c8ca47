#pragma once

#include <grpcpp/support/server_interceptor.h>

#include <memory>
#include <string>
#include <vector>

#include "metrics/metrics.h"

namespace webhook::rpc {

// Counts a server's calls under the names that the gRPC ecosystem's dashboards know. `services`: full names
// of those that it offers; health and reflection are known. What callers ask for besides is counted as one
// method, "unknown" of "unknown": the series do not grow with it. The registry must outlive the server.
std::unique_ptr<grpc::experimental::ServerInterceptorFactoryInterface> MakeCallCounter(
    metrics::Registry& registry, const std::vector<std::string>& services);

}  // namespace webhook::rpc
