#include <grpcpp/grpcpp.h>

#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>
#include <string>

#include "webhook/v1/ingest.grpc.pb.h"

namespace webhook::load {
namespace {

// Of the size that event-ingest gives its own.
constexpr char kId[] = "event_06bzsv3a7m2b5f9c1g8h4j0k6n";

// EventIngestService with answers of the same bytes and no work: what gRPC itself costs.
class Echo final : public v1::EventIngestService::CallbackService {
 public:
  grpc::ServerUnaryReactor* PublishEvent(grpc::CallbackServerContext* context, const v1::PublishEventRequest*,
                                         v1::PublishEventResponse* response) override {
    response->set_event_id(kId);
    grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
    reactor->Finish(grpc::Status::OK);
    return reactor;
  }

  grpc::ServerUnaryReactor* PublishEventBatch(grpc::CallbackServerContext* context,
                                              const v1::PublishEventBatchRequest* request,
                                              v1::PublishEventBatchResponse* response) override {
    for (int i = 0; i < request->events_size(); ++i) response->add_results()->set_event_id(kId);
    grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
    reactor->Finish(grpc::Status::OK);
    return reactor;
  }
};

}  // namespace
}  // namespace webhook::load

int main(int argc, char** argv) {
  CLI::App app("load-echo: a bare gRPC server for benchmarks, for load-publish; prints its port.");
  CLI11_PARSE(app, argc, argv);
  webhook::load::Echo echo;
  grpc::ServerBuilder builder;
  int port = 0;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
  builder.RegisterService(&echo);
  const std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  if (server == nullptr) {
    std::cerr << "error: cannot listen on 127.0.0.1\n";
    return 1;
  }
  std::cout << port << std::endl;
  server->Wait();
}
