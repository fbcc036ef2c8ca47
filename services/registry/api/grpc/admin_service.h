#pragma once

#include "core/secret.h"
#include "metrics/families.h"
#include "metrics/metrics.h"
#include "postgres/database.h"
#include "webhook/v1/admin.grpc.pb.h"

namespace webhook {

// Accounts, API keys and deactivation, for operators and the platform's own processes
// (proto/webhook/v1/admin.proto).
class AdminService final : public v1::AdminService::Service {
 public:
  // The database is one that sees all accounts.
  AdminService(postgres::Database& database, Secret internal_token, Secret pepper, metrics::Registry& metrics)
      : database_(database),
        internal_token_(std::move(internal_token)),
        pepper_(std::move(pepper)),
        deactivated_(metrics.Make(metrics::kWebhooksDeactivated, {{"reason", "gone"}})) {}

  grpc::Status CreateAccount(grpc::ServerContext* context, const v1::CreateAccountRequest* request,
                             v1::CreateAccountResponse* response) override;
  grpc::Status ListAccounts(grpc::ServerContext* context, const v1::ListAccountsRequest* request,
                            v1::ListAccountsResponse* response) override;
  grpc::Status CreateApiKey(grpc::ServerContext* context, const v1::CreateApiKeyRequest* request,
                            v1::CreateApiKeyResponse* response) override;
  grpc::Status ListApiKeys(grpc::ServerContext* context, const v1::ListApiKeysRequest* request,
                           v1::ListApiKeysResponse* response) override;
  grpc::Status RevokeApiKey(grpc::ServerContext* context, const v1::RevokeApiKeyRequest* request,
                            v1::RevokeApiKeyResponse* response) override;
  grpc::Status DeactivateWebhook(grpc::ServerContext* context, const v1::DeactivateWebhookRequest* request,
                                 v1::DeactivateWebhookResponse* response) override;

 private:
  Status Admit(const grpc::ServerContext& context, const google::protobuf::Message& request) const;

  postgres::Database& database_;
  const Secret internal_token_;
  const Secret pepper_;
  metrics::Counter deactivated_;
};

}  // namespace webhook
