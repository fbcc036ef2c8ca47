#pragma once

#include <google/protobuf/message.h>
#include <grpcpp/server_context.h>

#include <nlohmann/json.hpp>
#include <string>

#include "core/result.h"
#include "services/registry/api/operations/operation_runner.h"

namespace webhook {

// Runs operations of the API's document for gRPC: the same checks, the same handlers, the same errors as by
// REST. From any thread; blocks.
class Twin {
 public:
  // The runner outlives it.
  explicit Twin(const OperationRunner& runner) : runner_(runner) {}

  // `input`: not checked yet; its error is the answer. Violations name fields as proto does: "events[0]".
  Result<Reply> Call(const grpc::ServerContext& context, const std::string& operation,
                     Result<Input> input) const;

 private:
  const OperationRunner& runner_;
};

// The fields of a message that are set, by their proto names, in proto's JSON form. kInvalid "bad_time": a
// time that RFC 3339 cannot say.
Result<nlohmann::json> ToJson(const google::protobuf::Message& message);
// A message as the input of its operation: `id` stands in the path, `expected_revision` in If-Match, the rest
// in the body.
Result<Input> InputOf(const google::protobuf::Message& message);
// Fields that the message does not have are left out, and null is a field that is not set.
void FromJson(const nlohmann::ordered_json& json, google::protobuf::Message* message);

}  // namespace webhook
