#pragma once

#include <grpcpp/server_context.h>

#include <string>

#include "core/result.h"
#include "core/secret.h"
#include "services/registry/store/accounts.h"

namespace webhook {

// Lets the platform's own processes and operators through: `authorization: Bearer <internal token>`.
Status CheckInternalToken(const grpc::ServerContextBase& context, const Secret& token);

// The API key of the call. kUnauthenticated, or kDenied where it lacks the scope.
Result<store::ApiKey> CheckApiKey(const std::string& authorization, const std::string& scope,
                                  const Secret& pepper, store::AccountStore& accounts);

}  // namespace webhook
