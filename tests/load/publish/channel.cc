#include "tests/load/publish/channel.h"

namespace webhook::load {

std::shared_ptr<grpc::Channel> NewChannel(const LoadOptions& options) {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  return grpc::CreateCustomChannel(options.address, grpc::InsecureChannelCredentials(), arguments);
}

std::unique_ptr<grpc::ClientContext> NewContext(const LoadOptions& options) {
  auto context = std::make_unique<grpc::ClientContext>();
  context->AddMetadata("authorization", "Bearer " + options.key);
  context->set_wait_for_ready(true);
  return context;
}

void CountResult(const v1::PublishEventResult& result, Outcome* outcome) {
  if (result.has_error()) {
    ++outcome->refused[result.error().message()];
  } else {
    ++outcome->accepted;
  }
}

}  // namespace webhook::load
