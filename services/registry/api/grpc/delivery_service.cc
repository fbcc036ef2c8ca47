#include "services/registry/api/grpc/delivery_service.h"

#include "rpc/error_map.h"

namespace webhook {

grpc::Status DeliveryService::ListDeliveries(grpc::ServerContext* context,
                                             const v1::ListDeliveriesRequest* request,
                                             v1::ListDeliveriesResponse* response) {
  // The other fields are named as the query's values are.
  auto query = ToJson(*request);
  if (!query) return rpc::ToGrpc(query.error());
  Input input{.query = query->get<QueryValues>()};
  input.query.erase("page_size");
  input.query.erase("page_token");
  if (request->page_size() != 0) input.query["limit"] = request->page_size();
  if (!request->page_token().empty()) input.query["cursor"] = request->page_token();
  const auto reply = twin_.Call(*context, "listDeliveries", std::move(input));
  if (!reply) return rpc::ToGrpc(reply.error());
  FromJson({{"deliveries", reply->json.at("data")}, {"next_page_token", reply->json.at("next_cursor")}},
           response);
  return grpc::Status::OK;
}

grpc::Status DeliveryService::GetDelivery(grpc::ServerContext* context, const v1::GetDeliveryRequest* request,
                                          v1::GetDeliveryResponse* response) {
  const auto reply = twin_.Call(*context, "getDelivery", Input{.id = request->id()});
  if (!reply) return rpc::ToGrpc(reply.error());
  FromJson({{"delivery", reply->json}, {"attempts", reply->json.at("attempt_log")}}, response);
  return grpc::Status::OK;
}

grpc::Status DeliveryService::Redeliver(grpc::ServerContext* context, const v1::RedeliverRequest* request,
                                        v1::RedeliverResponse* response) {
  const auto reply = twin_.Call(*context, "redeliver", Input{.id = request->id()});
  if (!reply) return rpc::ToGrpc(reply.error());
  response->set_run(reply->json.at("run").get<int>());
  return grpc::Status::OK;
}

grpc::Status DeliveryService::CancelDelivery(grpc::ServerContext* context,
                                             const v1::CancelDeliveryRequest* request,
                                             v1::CancelDeliveryResponse* response) {
  const auto reply = twin_.Call(*context, "cancelDelivery", Input{.id = request->id()});
  if (!reply) return rpc::ToGrpc(reply.error());
  response->set_run(reply->json.at("run").get<int>());
  return grpc::Status::OK;
}

}  // namespace webhook
