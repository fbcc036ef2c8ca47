#pragma once

#include "services/registry/api/grpc/twin.h"
#include "webhook/v1/deliveries.grpc.pb.h"

namespace webhook {

// The gRPC twin of REST /v2/deliveries (proto/webhook/v1/deliveries.proto).
class DeliveryService final : public v1::DeliveryService::Service {
 public:
  // The runner outlives it.
  explicit DeliveryService(const OperationRunner& runner) : twin_(runner) {}

  grpc::Status ListDeliveries(grpc::ServerContext* context, const v1::ListDeliveriesRequest* request,
                              v1::ListDeliveriesResponse* response) override;
  grpc::Status GetDelivery(grpc::ServerContext* context, const v1::GetDeliveryRequest* request,
                           v1::GetDeliveryResponse* response) override;
  grpc::Status Redeliver(grpc::ServerContext* context, const v1::RedeliverRequest* request,
                         v1::RedeliverResponse* response) override;
  grpc::Status CancelDelivery(grpc::ServerContext* context, const v1::CancelDeliveryRequest* request,
                              v1::CancelDeliveryResponse* response) override;

 private:
  const Twin twin_;
};

}  // namespace webhook
