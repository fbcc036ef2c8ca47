#include "services/registry/api/webhook_service.h"

#include <google/protobuf/util/time_util.h>

#include <algorithm>

#include "rpc/error_map.h"
#include "rpc/request_text.h"
#include "rpc/server.h"
#include "services/registry/api/authenticate.h"
#include "services/registry/api/cursor.h"

namespace webhook {
namespace {

using google::protobuf::util::TimeUtil;

constexpr char kRead[] = "webhooks:read";
constexpr char kWrite[] = "webhooks:write";
constexpr int kDefaultPage = 50;
constexpr int kMaxPage = 100;

void Fill(const store::WebhookRecord& record, v1::Webhook* told) {
  const Webhook& webhook = record.webhook;
  told->set_id(webhook.id.str());
  told->set_url(webhook.url);
  told->set_description(record.description);
  for (const std::string& event : webhook.events) told->add_events(event);
  told->set_active(webhook.active);
  told->set_inactive_reason(webhook.inactive_reason);
  *told->mutable_created_at() =
      TimeUtil::MicrosecondsToTimestamp(record.created_at.time_since_epoch().count());
  *told->mutable_updated_at() =
      TimeUtil::MicrosecondsToTimestamp(record.updated_at.time_since_epoch().count());
}

std::string CursorScope(const AccountId& account) {
  return "grpc webhooks\n" + account.str();
}

}  // namespace

Result<AccountId> WebhookService::Caller(const grpc::ServerContext& context, const char* scope,
                                         const google::protobuf::Message& request) {
  const auto key = CheckApiKey(rpc::Authorization(context.client_metadata()), scope, pepper_, accounts_);
  if (!key) return key.error();
  if (Status text = rpc::RefuseNul(request); !text) return text.error();
  return key->account;
}

grpc::Status WebhookService::CreateWebhook(grpc::ServerContext* context,
                                           const v1::CreateWebhookRequest* request,
                                           v1::CreateWebhookResponse* response) {
  const auto account = Caller(*context, kWrite, *request);
  if (!account) return rpc::ToGrpc(account.error());
  WebhookInput input;
  input.url = request->url();
  input.events = std::vector<std::string>(request->events().begin(), request->events().end());
  input.description = request->description();
  if (request->has_active()) input.active = request->active();
  const auto created = commands_.Create(*account, input, {});
  if (!created) return rpc::ToGrpc(created.error());
  Fill(*created, response->mutable_webhook());
  response->set_secret(created->webhook.secrets.at(0).value.Reveal());
  return grpc::Status::OK;
}

grpc::Status WebhookService::GetWebhook(grpc::ServerContext* context, const v1::GetWebhookRequest* request,
                                        v1::GetWebhookResponse* response) {
  const auto account = Caller(*context, kRead, *request);
  if (!account) return rpc::ToGrpc(account.error());
  const auto found = webhooks_.Get(*account, WebhookId(request->id()));
  if (!found) return rpc::ToGrpc(found.error());
  Fill(*found, response->mutable_webhook());
  return grpc::Status::OK;
}

grpc::Status WebhookService::ListWebhooks(grpc::ServerContext* context,
                                          const v1::ListWebhooksRequest* request,
                                          v1::ListWebhooksResponse* response) {
  const auto account = Caller(*context, kRead, *request);
  if (!account) return rpc::ToGrpc(account.error());
  Cursor cursor;
  if (!request->page_token().empty()) {
    auto read = ReadCursor(request->page_token(), CursorScope(*account), pepper_);
    if (!read)
      return rpc::ToGrpc(InvalidError({{"page_token", "bad_cursor", "is not a token of this list"}}));
    cursor = std::move(*read);
  }
  const int size = request->page_size() <= 0 ? kDefaultPage : std::min(request->page_size(), kMaxPage);
  const auto rows = webhooks_.List(*account, cursor.id, size + 1);
  if (!rows) return rpc::ToGrpc(rows.error());
  for (const store::WebhookRecord& row : *rows) {
    if (response->webhooks_size() == size) {
      const std::string last = response->webhooks(size - 1).id();
      response->set_next_page_token(SignCursor({0, last}, CursorScope(*account), pepper_));
      break;
    }
    Fill(row, response->add_webhooks());
  }
  return grpc::Status::OK;
}

grpc::Status WebhookService::UpdateWebhook(grpc::ServerContext* context,
                                           const v1::UpdateWebhookRequest* request,
                                           v1::UpdateWebhookResponse* response) {
  const auto account = Caller(*context, kWrite, *request);
  if (!account) return rpc::ToGrpc(account.error());
  WebhookInput input;
  if (request->has_url()) input.url = request->url();
  if (request->events_size() > 0)
    input.events = std::vector<std::string>(request->events().begin(), request->events().end());
  if (request->has_active()) input.active = request->active();
  if (request->has_description()) input.description = request->description();
  const auto updated = commands_.Update(*account, WebhookId(request->id()), std::nullopt, input, {});
  if (!updated) return rpc::ToGrpc(updated.error());
  Fill(*updated, response->mutable_webhook());
  return grpc::Status::OK;
}

grpc::Status WebhookService::DeleteWebhook(grpc::ServerContext* context,
                                           const v1::DeleteWebhookRequest* request,
                                           v1::DeleteWebhookResponse*) {
  const auto account = Caller(*context, kWrite, *request);
  if (!account) return rpc::ToGrpc(account.error());
  const Status deleted = webhooks_.Delete(*account, WebhookId(request->id()), std::nullopt);
  return deleted ? grpc::Status::OK : rpc::ToGrpc(deleted.error());
}

}  // namespace webhook
