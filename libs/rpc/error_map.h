#pragma once

#include <grpcpp/support/status.h>

#include "core/result.h"

namespace google::rpc {
class Status;
}

namespace webhook::rpc {

// The one map from our errors to the outside. gRPC: code, message, and details
// BadRequest (violations), ErrorInfo (reason), RetryInfo (kLimited, kUnavailable: 1 s). kInternal tells no
// detail.
grpc::Status ToGrpc(const Error& error);
// The same as a message, for the results of a batch.
google::rpc::Status ToRpcStatus(const Error& error);

// HTTP status of an error: 422, 404, 409, 412, 401, 403, 429, 413, 503, 504, 500.
int ToHttpStatus(ErrorCode code);

// The way back, for our own clients: code, reason and violations of the details.
Error FromGrpc(const grpc::Status& status);
Error FromRpcStatus(const google::rpc::Status& status);

}  // namespace webhook::rpc
