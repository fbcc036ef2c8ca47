#pragma once

#include "services/registry/api/grpc/twin.h"
#include "webhook/v1/webhooks.grpc.pb.h"

namespace webhook {

// The gRPC twin of REST /v2/webhooks (proto/webhook/v1/webhooks.proto).
class WebhookService final : public v1::WebhookService::Service {
 public:
  explicit WebhookService(const OperationRunner& runner) : twin_(runner) {}

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
  grpc::Status RotateSecret(grpc::ServerContext* context, const v1::RotateSecretRequest* request,
                            v1::RotateSecretResponse* response) override;
  grpc::Status TestWebhook(grpc::ServerContext* context, const v1::TestWebhookRequest* request,
                           v1::TestWebhookResponse* response) override;
  grpc::Status PauseWebhook(grpc::ServerContext* context, const v1::PauseWebhookRequest* request,
                            v1::PauseWebhookResponse* response) override;
  grpc::Status ResumeWebhook(grpc::ServerContext* context, const v1::ResumeWebhookRequest* request,
                             v1::ResumeWebhookResponse* response) override;

 private:
  const Twin twin_;
};

}  // namespace webhook
