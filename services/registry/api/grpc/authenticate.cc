#include "services/registry/api/grpc/authenticate.h"

#include "crypto/api_key.h"
#include "crypto/crypto.h"
#include "rpc/server.h"

namespace webhook {

Status CheckInternalToken(const grpc::ServerContextBase& context, const Secret& token) {
  const std::string authorization = rpc::Authorization(context.client_metadata());
  if (crypto::ConstantTimeEqual(crypto::BearerToken(authorization), token.Reveal())) return Ok();
  return Error{ErrorCode::kUnauthenticated, "unauthenticated", "send authorization: Bearer <internal token>"};
}

}  // namespace webhook
