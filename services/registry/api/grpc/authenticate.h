#pragma once

#include <grpcpp/server_context.h>

#include "core/result.h"
#include "core/secret.h"

namespace webhook {

// Lets the platform's own processes and operators through: `authorization: Bearer <internal token>`.
Status CheckInternalToken(const grpc::ServerContextBase& context, const Secret& token);

}  // namespace webhook
