#pragma once

#include "core/secret.h"
#include "services/registry/api/webhook_commands.h"
#include "services/registry/store/accounts.h"
#include "services/registry/store/webhooks.h"
#include "webhook/v1/webhooks.grpc.pb.h"

namespace webhook {

// The gRPC twin of REST /v2/webhooks (proto/webhook/v1/webhooks.proto).
class WebhookService final : public v1::WebhookService::Service {
 public:
  WebhookService(store::AccountStore& accounts, store::WebhookStore& webhooks, WebhookCommands& commands,
                 Secret pepper)
      : accounts_(accounts), webhooks_(webhooks), commands_(commands), pepper_(std::move(pepper)) {}

  grpc::Status CreateWebhook(grpc::ServerContext* context, const v1::CreateWebhookRequest* request,
                             v1::CreateWebhookResponse* response) override;
  grpc::Status GetWebhook(grpc::ServerContext* context, const v1::GetWebhookRequest* request,
                          v1::GetWebhookResponse* response) override;
  grpc::Status ListWebhooks(grpc::ServerContext* context, const v1::ListWebhooksRequest* request,
                            v1::ListWebhooksResponse* response) override;
  grpc::Status UpdateWebhook(grpc::ServerContext* context, const v1::UpdateWebhookRequest* request,
                             v1::UpdateWebhookResponse* response) override;
  grpc::Status DeleteWebhook(grpc::ServerContext* context, const v1::DeleteWebhookRequest* request,
                             v1::DeleteWebhookResponse* response) override;

 private:
  // Whose key it is; an error where the request's texts cannot be stored.
  Result<AccountId> Caller(const grpc::ServerContext& context, const char* scope,
                           const google::protobuf::Message& request);

  store::AccountStore& accounts_;
  store::WebhookStore& webhooks_;
  WebhookCommands& commands_;
  const Secret pepper_;
};

}  // namespace webhook
