#pragma once

#include <grpcpp/grpcpp.h>

#include <memory>

#include "tests/load/publish/load.h"
#include "webhook/v1/ingest.pb.h"

namespace webhook::load {

// A connection of its own: none is shared with another channel of the process.
std::shared_ptr<grpc::Channel> NewChannel(const LoadOptions& options);
// With the key.
std::unique_ptr<grpc::ClientContext> NewContext(const LoadOptions& options);
void CountResult(const v1::PublishEventResult& result, Outcome* outcome);

}  // namespace webhook::load
