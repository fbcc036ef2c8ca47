#pragma once

#include <memory>
#include <string>

#include "services/registry/api/operations/publish_handlers.h"

namespace webhook {
namespace rpc {
class Identity;
}

// PublishPort on event-ingest's gRPC.
class IngestPublisher : public PublishPort {
 public:
  IngestPublisher(const std::string& address, const rpc::Identity& identity);
  ~IngestPublisher() override;

  Result<Published> Publish(const Event& event, const std::string& authorization) override;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace webhook
