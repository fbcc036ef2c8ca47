#include "services/registry/api/grpc/webhook_service.h"

#include "rpc/error_map.h"

namespace webhook {

grpc::Status WebhookService::CreateWebhook(grpc::ServerContext* context,
                                           const v1::CreateWebhookRequest* request,
                                           v1::CreateWebhookResponse* response) {
  const auto reply = twin_.Call(*context, "createWebhook", InputOf(*request));
  if (!reply) return rpc::ToGrpc(reply.error());
  FromJson(reply->json, response->mutable_webhook());
  response->set_secret(reply->json.at("secret").get<std::string>());
  return grpc::Status::OK;
}

grpc::Status WebhookService::GetWebhook(grpc::ServerContext* context, const v1::GetWebhookRequest* request,
                                        v1::GetWebhookResponse* response) {
  const auto reply = twin_.Call(*context, "getWebhook", Input{.id = request->id()});
  if (!reply) return rpc::ToGrpc(reply.error());
  FromJson(reply->json, response->mutable_webhook());
  return grpc::Status::OK;
}

grpc::Status WebhookService::ListWebhooks(grpc::ServerContext* context,
                                          const v1::ListWebhooksRequest* request,
                                          v1::ListWebhooksResponse* response) {
  Input input;
  if (request->page_size() != 0) input.query["limit"] = request->page_size();
  if (!request->page_token().empty()) input.query["cursor"] = request->page_token();
  const auto reply = twin_.Call(*context, "listWebhooks", std::move(input));
  if (!reply) return rpc::ToGrpc(reply.error());
  FromJson({{"webhooks", reply->json.at("data")}, {"next_page_token", reply->json.at("next_cursor")}},
           response);
  return grpc::Status::OK;
}

grpc::Status WebhookService::UpdateWebhook(grpc::ServerContext* context,
                                           const v1::UpdateWebhookRequest* request,
                                           v1::UpdateWebhookResponse* response) {
  const auto reply = twin_.Call(*context, "updateWebhook", InputOf(*request));
  if (!reply) return rpc::ToGrpc(reply.error());
  FromJson(reply->json, response->mutable_webhook());
  return grpc::Status::OK;
}

grpc::Status WebhookService::DeleteWebhook(grpc::ServerContext* context,
                                           const v1::DeleteWebhookRequest* request,
                                           v1::DeleteWebhookResponse*) {
  const auto reply = twin_.Call(*context, "deleteWebhook", InputOf(*request));
  return reply ? grpc::Status::OK : rpc::ToGrpc(reply.error());
}

grpc::Status WebhookService::RotateSecret(grpc::ServerContext* context,
                                          const v1::RotateSecretRequest* request,
                                          v1::RotateSecretResponse* response) {
  const auto reply = twin_.Call(*context, "rotateSecret", InputOf(*request));
  if (!reply) return rpc::ToGrpc(reply.error());
  response->set_secret(reply->json.at("secret").get<std::string>());
  return grpc::Status::OK;
}

grpc::Status WebhookService::TestWebhook(grpc::ServerContext* context, const v1::TestWebhookRequest* request,
                                         v1::TestWebhookResponse* response) {
  const auto reply = twin_.Call(*context, "testWebhook", InputOf(*request));
  if (!reply) return rpc::ToGrpc(reply.error());
  FromJson(reply->json, response);
  return grpc::Status::OK;
}

grpc::Status WebhookService::PauseWebhook(grpc::ServerContext* context,
                                          const v1::PauseWebhookRequest* request,
                                          v1::PauseWebhookResponse* response) {
  const auto reply = twin_.Call(*context, "pauseWebhook", InputOf(*request));
  if (!reply) return rpc::ToGrpc(reply.error());
  FromJson(reply->json, response->mutable_webhook());
  return grpc::Status::OK;
}

grpc::Status WebhookService::ResumeWebhook(grpc::ServerContext* context,
                                           const v1::ResumeWebhookRequest* request,
                                           v1::ResumeWebhookResponse* response) {
  const auto reply = twin_.Call(*context, "resumeWebhook", InputOf(*request));
  if (!reply) return rpc::ToGrpc(reply.error());
  FromJson(reply->json.at("webhook"), response->mutable_webhook());
  const auto& redelivery = reply->json.at("redelivery");
  if (!redelivery.is_null()) response->set_redelivery_id(redelivery.at("id").get<std::string>());
  return grpc::Status::OK;
}

}  // namespace webhook
