#pragma once

#include <memory>
#include <string>

#include "services/registry/api/operations/publish_handlers.h"

namespace webhook {

// PublishPort on event-ingest's gRPC.
class IngestPublisher : public PublishPort {
 public:
  explicit IngestPublisher(const std::string& address);
  ~IngestPublisher() override;

  Result<Published> Publish(const Event& event, const std::string& authorization) override;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace webhook
