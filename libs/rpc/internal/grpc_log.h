#pragma once

namespace webhook::rpc {

// gRPC's own messages become lines of our log. Idempotent.
void RouteGrpcLog();

}  // namespace webhook::rpc
