#include "services/registry/api/grpc/webhook_service.h"

#include "rpc/error_map.h"

namespace webhook {

grpc::Status WebhookService::CreateWebhook(grpc::ServerContext* context, const v1::CreateWebhookRequest* request,
                                           v1::CreateWebhookResponse* response) {
  const auto reply = twin_.Call(*context, "createWebhook", {.body = ToJson(*request)});
  if (!reply) return rpc::ToGrpc(reply.error());
  FromJson(reply->json, response->mutable_webhook());
  response->set_secret(reply->json.at("secret").get<std::string>());
  return grpc::Status::OK;
}

grpc::Status WebhookService::GetWebhook(grpc::ServerContext* context, const v1::GetWebhookRequest* request,
                                        v1::GetWebhookResponse* response) {
  const auto reply = twin_.Call(*context, "getWebhook", {.id = request->id()});
  if (!reply) return rpc::ToGrpc(reply.error());
  FromJson(reply->json, response->mutable_webhook());
  return grpc::Status::OK;
}

grpc::Status WebhookService::ListWebhooks(grpc::ServerContext* context, const v1::ListWebhooksRequest* request,
                                          v1::ListWebhooksResponse* response) {
  Input input;
  if (request->page_size() != 0) input.query["limit"] = request->page_size();
  if (!request->page_token().empty()) input.query["cursor"] = request->page_token();
  const auto reply = twin_.Call(*context, "listWebhooks", std::move(input));
  if (!reply) return rpc::ToGrpc(reply.error());
  FromJson({{"webhooks", reply->json.at("data")}, {"next_page_token", reply->json.at("next_cursor")}}, response);
  return grpc::Status::OK;
}

grpc::Status WebhookService::UpdateWebhook(grpc::ServerContext* context, const v1::UpdateWebhookRequest* request,
                                           v1::UpdateWebhookResponse* response) {
  Input input{.id = request->id(), .body = ToJson(*request)};
  input.body.erase("id");
  const auto reply = twin_.Call(*context, "updateWebhook", std::move(input));
  if (!reply) return rpc::ToGrpc(reply.error());
  FromJson(reply->json, response->mutable_webhook());
  return grpc::Status::OK;
}

grpc::Status WebhookService::DeleteWebhook(grpc::ServerContext* context, const v1::DeleteWebhookRequest* request,
                                           v1::DeleteWebhookResponse*) {
  const auto reply = twin_.Call(*context, "deleteWebhook", {.id = request->id()});
  return reply ? grpc::Status::OK : rpc::ToGrpc(reply.error());
}

}  // namespace webhook
