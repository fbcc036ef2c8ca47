#include "services/registry/api/grpc/admin_service.h"

#include <google/protobuf/util/time_util.h>

#include <algorithm>

#include "core/encoding.h"
#include "core/nearest_name.h"
#include "crypto/api_key.h"
#include "crypto/crypto.h"
#include "domain/ids.h"
#include "log/log.h"
#include "rpc/error_map.h"
#include "rpc/request_text.h"
#include "runtime/clock.h"
#include "services/registry/api/grpc/authenticate.h"
#include "services/registry/store/accounts.h"
#include "services/registry/store/audit_log.h"
#include "services/registry/store/webhooks.h"

namespace webhook {
namespace {

using google::protobuf::util::TimeUtil;

constexpr std::size_t kMaxNameBytes = 128;
constexpr int kMaxKeys = 1'000;  // told of one account

google::protobuf::Timestamp ToProto(WallTime time) {
  return TimeUtil::MicrosecondsToTimestamp(time.time_since_epoch().count());
}

std::string NewId(const char* prefix) {
  return TimeOrderedId(prefix, runtime::ReadClock().wall, crypto::Random16());
}

void Fill(const store::Account& account, v1::Account* told) {
  told->set_id(account.id.str());
  told->set_name(account.name);
  *told->mutable_created_at() = ToProto(account.created_at);
}

void Fill(const store::ApiKey& key, v1::ApiKey* told) {
  told->set_id(key.id.str());
  told->set_account_id(key.account.str());
  for (const std::string& scope : key.scopes) told->add_scopes(scope);
  *told->mutable_created_at() = ToProto(key.created_at);
  if (key.revoked_at) *told->mutable_revoked_at() = ToProto(*key.revoked_at);
}

Status CheckScopes(const std::vector<std::string>& scopes) {
  std::vector<FieldViolation> violations;
  const auto& all = store::AllScopes();
  for (std::size_t i = 0; i < scopes.size(); ++i) {
    if (std::find(all.begin(), all.end(), scopes[i]) != all.end()) continue;
    const std::string near = NearestName(scopes[i], all);
    violations.push_back(
        {"scopes[" + std::to_string(i) + "]", "unknown_scope",
         "\"" + scopes[i] + "\" is no scope" + (near.empty() ? "" : "; did you mean \"" + near + "\"?")});
  }
  return violations.empty() ? Ok() : Status(InvalidError(std::move(violations)));
}

void Audit(store::Tx& tx, const AccountId& account, const char* action, const std::string& object) {
  store::AddAudit(tx, account, {"", {}, "operator", action, object, "", ""});
}

bool IsAccountName(const std::string& name) {
  return !name.empty() && name.size() <= kMaxNameBytes && IsUtf8(name) &&
         std::none_of(name.begin(), name.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20; });
}

}  // namespace

Status AdminService::Admit(const grpc::ServerContext& context,
                           const google::protobuf::Message& request) const {
  if (Status known = CheckInternalToken(context, internal_token_); !known) return known;
  return rpc::RefuseNul(request);
}

grpc::Status AdminService::CreateAccount(grpc::ServerContext* context,
                                         const v1::CreateAccountRequest* request,
                                         v1::CreateAccountResponse* response) {
  if (Status admitted = Admit(*context, *request); !admitted) return rpc::ToGrpc(admitted.error());
  if (!IsAccountName(request->name()))
    return rpc::ToGrpc(
        InvalidError({{"name", "bad_name", "a name has 1 to 128 bytes, without control characters"}}));
  const auto account = database_.Transact<store::Account>("create account", [&](store::Tx& tx) {
    auto made = store::CreateAccount(tx, AccountId(NewId("account")), request->name());
    if (made) Audit(tx, made->id, "createAccount", made->id.str());
    return made;
  });
  if (!account) return rpc::ToGrpc(account.error());
  Fill(*account, response->mutable_account());
  return grpc::Status::OK;
}

grpc::Status AdminService::ListAccounts(grpc::ServerContext* context, const v1::ListAccountsRequest* request,
                                        v1::ListAccountsResponse* response) {
  if (Status admitted = Admit(*context, *request); !admitted) return rpc::ToGrpc(admitted.error());
  using Accounts = std::vector<store::Account>;
  const auto accounts = database_.Transact<Accounts>(
      "list accounts", [](store::Tx& tx) -> Result<Accounts> { return store::ListAccounts(tx); });
  if (!accounts) return rpc::ToGrpc(accounts.error());
  for (const store::Account& account : *accounts) Fill(account, response->add_accounts());
  return grpc::Status::OK;
}

grpc::Status AdminService::CreateApiKey(grpc::ServerContext* context, const v1::CreateApiKeyRequest* request,
                                        v1::CreateApiKeyResponse* response) {
  if (Status admitted = Admit(*context, *request); !admitted) return rpc::ToGrpc(admitted.error());
  std::vector<std::string> scopes(request->scopes().begin(), request->scopes().end());
  if (scopes.empty()) scopes = {"webhooks:read", "webhooks:write", "deliveries:read", "redeliver"};
  if (Status checked = CheckScopes(scopes); !checked) return rpc::ToGrpc(checked.error());
  const Secret text = crypto::NewApiKey();
  store::ApiKey wanted;
  wanted.id = ApiKeyId(NewId("key"));
  wanted.account = AccountId(request->account_id());
  wanted.scopes = std::move(scopes);
  const auto key = database_.Transact<store::ApiKey>("create key", [&](store::Tx& tx) {
    auto made = store::CreateKey(tx, wanted, crypto::ApiKeyHmac(pepper_, text.Reveal()));
    if (made) Audit(tx, made->account, "createApiKey", made->id.str());
    return made;
  });
  if (!key) return rpc::ToGrpc(key.error());
  Fill(*key, response->mutable_api_key());
  response->set_key(text.Reveal());
  return grpc::Status::OK;
}

grpc::Status AdminService::ListApiKeys(grpc::ServerContext* context, const v1::ListApiKeysRequest* request,
                                       v1::ListApiKeysResponse* response) {
  if (Status admitted = Admit(*context, *request); !admitted) return rpc::ToGrpc(admitted.error());
  using Keys = std::vector<store::ApiKey>;
  const auto keys = database_.Transact<Keys>("list keys", [&](store::Tx& tx) -> Result<Keys> {
    return store::ListKeys(tx, AccountId(request->account_id()), "", kMaxKeys);
  });
  if (!keys) return rpc::ToGrpc(keys.error());
  for (const store::ApiKey& key : *keys) Fill(key, response->add_api_keys());
  return grpc::Status::OK;
}

grpc::Status AdminService::RevokeApiKey(grpc::ServerContext* context, const v1::RevokeApiKeyRequest* request,
                                        v1::RevokeApiKeyResponse*) {
  if (Status admitted = Admit(*context, *request); !admitted) return rpc::ToGrpc(admitted.error());
  const auto revoked = database_.Transact<store::ApiKey>("revoke key", [&](store::Tx& tx) {
    auto done = store::RevokeKey(tx, AccountId(), ApiKeyId(request->id()));
    if (done) Audit(tx, done->account, "revokeApiKey", done->id.str());
    return done;
  });
  return revoked ? grpc::Status::OK : rpc::ToGrpc(revoked.error());
}

grpc::Status AdminService::DeactivateWebhook(grpc::ServerContext* context,
                                             const v1::DeactivateWebhookRequest* request,
                                             v1::DeactivateWebhookResponse*) {
  if (Status admitted = Admit(*context, *request); !admitted) return rpc::ToGrpc(admitted.error());
  const auto done = database_.Transact<bool>("deactivate webhook", [&](store::Tx& tx) -> Result<bool> {
    return store::DeactivateWebhook(tx, WebhookId(request->webhook_id()), request->reason(),
                                    request->seen_revision());
  });
  if (!done) return rpc::ToGrpc(done.error());
  if (*done) {
    deactivated_.Add();
    log::Info("webhook.deactivated", {{"webhook_id", request->webhook_id()}, {"reason", request->reason()}});
  }
  return grpc::Status::OK;
}

}  // namespace webhook
