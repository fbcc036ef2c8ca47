#include "services/registry/api/authenticate.h"

#include <algorithm>

#include "crypto/api_key.h"
#include "crypto/crypto.h"
#include "rpc/server.h"

namespace webhook {

Status CheckInternalToken(const grpc::ServerContextBase& context, const Secret& token) {
  const std::string authorization = rpc::Authorization(context.client_metadata());
  if (crypto::ConstantTimeEqual(crypto::BearerToken(authorization), token.Reveal())) return Ok();
  return Error{ErrorCode::kUnauthenticated, "unauthenticated", "send authorization: Bearer <internal token>"};
}

Result<store::ApiKey> CheckApiKey(const std::string& authorization, const std::string& scope,
                                  const Secret& pepper, store::AccountStore& accounts) {
  const Error refused{ErrorCode::kUnauthenticated, "unauthenticated",
                      "send Authorization: Bearer <API key> with a key that exists and is not revoked"};
  const std::string_view token = crypto::BearerToken(authorization);
  if (token.empty()) return refused;
  auto key = accounts.FindKey(crypto::ApiKeyHmac(pepper, token));
  if (!key) return key.error();
  if (!*key) return refused;
  const auto& scopes = (*key)->scopes;
  if (std::find(scopes.begin(), scopes.end(), scope) == scopes.end())
    return Error{ErrorCode::kDenied, "scope_missing", "the API key lacks the scope " + scope};
  return std::move(**key);
}

}  // namespace webhook
