#include "services/registry/api/operations/account_handlers.h"

#include <algorithm>

#include "crypto/api_key.h"
#include "crypto/crypto.h"
#include "domain/ids.h"
#include "runtime/clock.h"
#include "services/registry/api/operations/page.h"
#include "services/registry/api/operations/shapes.h"
#include "services/registry/store/accounts.h"
#include "services/registry/store/audit_log.h"
#include "services/registry/store/webhooks.h"

namespace webhook {
namespace {

using nlohmann::ordered_json;

ordered_json Quota(std::int64_t used, std::int64_t most) {
  return {{"used", used}, {"limit", most == 0 ? ordered_json(nullptr) : ordered_json(most)}};
}

// Nobody gives away more than he has.
std::vector<FieldViolation> CheckScopes(const std::vector<std::string>& wanted,
                                        const std::vector<std::string>& own) {
  std::vector<FieldViolation> violations;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    if (std::find(own.begin(), own.end(), wanted[i]) == own.end())
      violations.push_back(
          {"/scopes/" + std::to_string(i), "scope_missing", "the calling key lacks this scope"});
  }
  return violations;
}

}  // namespace

void AccountHandlers::AddTo(Handlers* handlers) {
  (*handlers)["getMe"] = {[this](const Call& call) { return Me(call); }};
  (*handlers)["getUsage"] = {[this](const Call& call) { return Usage(call); }};
  (*handlers)["listApiKeys"] = {[this](const Call& call) { return ListKeys(call); }};
  (*handlers)["createApiKey"] = {[this](const Call& call) { return CreateKey(call); },
                                 [](const Call& call) {
                                   return CheckScopes(call.body().value("scopes", std::vector<std::string>()),
                                                      call.in.key.scopes);
                                 }};
  (*handlers)["revokeApiKey"] = {[this](const Call& call) { return RevokeKey(call); }};
  (*handlers)["listAuditLog"] = {[this](const Call& call) { return ListAudit(call); }};
}

Result<Reply> AccountHandlers::Me(const Call& call) const {
  const auto account = store::ReadAccount(call.tx(), call.account());
  if (!account) return account.error();
  Reply reply;
  reply.json["account"] = ToJson(*account);
  reply.json["api_key"] = ToJson(call.in.key);
  return reply;
}

Result<Reply> AccountHandlers::Usage(const Call& call) const {
  Reply reply;
  reply.json["webhooks"] = Quota(store::CountWebhooks(call.tx(), call.account()), parts_.max_webhooks);
  const CallBudget::Answer& budget = call.in.budget;
  reply.json["calls"] = Quota(budget.most - budget.remaining, budget.most);
  return reply;
}

Result<Reply> AccountHandlers::ListKeys(const Call& call) const {
  const auto page = PageReader::Read(call, parts_.cursor_key);
  if (!page) return page.error();
  return page->Answer<store::ApiKey>(
      store::ListKeys(call.tx(), call.account(), page->after().id, page->rows()),
      [](const store::ApiKey& last) {
        return Cursor{0, last.id.str()};
      });
}

Result<Reply> AccountHandlers::CreateKey(const Call& call) const {
  const WallTime now = runtime::ReadClock().wall;
  store::ApiKey wanted;
  wanted.id = ApiKeyId(TimeOrderedId("key", now, crypto::Random16()));
  wanted.account = call.account();
  wanted.name = call.body().value("name", "");
  wanted.scopes = call.body().at("scopes").get<std::vector<std::string>>();
  // One that ends makes none that outlives it.
  wanted.expires_at = call.in.key.expires_at;
  if (call.body().contains("expires_in_seconds")) {
    const WallTime end = now + std::chrono::seconds(call.body().at("expires_in_seconds").get<std::int64_t>());
    wanted.expires_at = wanted.expires_at ? std::min(*wanted.expires_at, end) : end;
  }
  const Secret text = crypto::NewApiKey();
  const auto made = store::CreateKey(call.tx(), wanted, crypto::ApiKeyHmac(parts_.pepper, text.Reveal()));
  if (!made) return made.error();
  Reply reply;
  reply.status = 201;
  reply.json = ToJson(*made);
  reply.json["key"] = text.Reveal();
  reply.object = made->id.str();
  reply.headers.emplace_back("Location", "/v2/api-keys/" + reply.object);
  return reply;
}

Result<Reply> AccountHandlers::RevokeKey(const Call& call) const {
  const auto revoked = store::RevokeKey(call.tx(), call.account(), ApiKeyId(call.id()));
  if (!revoked) return revoked.error();
  Reply reply;
  reply.status = 204;
  reply.object = call.id();
  return reply;
}

Result<Reply> AccountHandlers::ListAudit(const Call& call) const {
  const auto page = PageReader::Read(call, parts_.cursor_key);
  if (!page) return page.error();
  const auto object = call.Query<std::string>("object");
  return page->Answer<store::AuditEntry>(
      store::ListAudit(call.tx(), call.account(), object, page->after().id, page->rows()),
      [](const store::AuditEntry& last) {
        return Cursor{0, last.id};
      });
}

}  // namespace webhook
