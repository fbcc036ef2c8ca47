#include "services/registry/api/grpc/twin.h"

#include <google/protobuf/util/json_util.h>

#include <algorithm>

#include "core/check.h"
#include "rpc/server.h"
#include "services/registry/api/operations/shapes.h"

namespace webhook {
namespace {

// "/events/0" -> "events[0]".
std::string ToFieldPath(const std::string& pointer) {
  std::string path;
  for (std::size_t begin = 1; begin <= pointer.size();) {
    const std::size_t end = std::min(pointer.find('/', begin), pointer.size());
    const std::string part = pointer.substr(begin, end - begin);
    const bool index = !part.empty() && part.find_first_not_of("0123456789") == std::string::npos;
    path += index ? "[" + part + "]" : (path.empty() ? "" : ".") + part;
    begin = end + 1;
  }
  return path;
}

// Postgres cannot store it, and its client cuts the text off there.
bool HasNul(const nlohmann::json& json) {
  if (json.is_string()) return json.get_ref<const std::string&>().find('\0') != std::string::npos;
  for (const auto& [name, value] : json.items()) {
    if (json.is_object() && name.find('\0') != std::string::npos) return true;
    if (json.is_structured() && HasNul(value)) return true;
  }
  return false;
}

Error InFieldPaths(Error error) {
  for (FieldViolation& violation : error.violations) violation.pointer = ToFieldPath(violation.pointer);
  return error;
}

}  // namespace

Result<Reply> Twin::Call(const grpc::ServerContext& context, const std::string& operation_id,
                         Result<Input> given) const {
  if (!given) return given.error();
  Input input = std::move(*given);
  const Document& document = runner_.document();
  const auto& operations = document.operations();
  const auto operation = std::find_if(operations.begin(), operations.end(),
                                      [&](const Operation& known) { return known.id == operation_id; });
  CHECK(operation != operations.end(), "no such operation in the document");
  if (HasNul(input.id) || HasNul(input.body) || HasNul(input.query))
    return Error{ErrorCode::kInvalid, "bad_text", "a text holds U+0000, which cannot be stored"};
  input.violations = document.CheckQuery(*operation, &input.query);
  if (operation->body) {
    const auto of_body = document.CheckBody(*operation, input.body);
    input.violations.insert(input.violations.end(), of_body.begin(), of_body.end());
  }
  const Caller caller{rpc::Authorization(context.client_metadata()), rpc::RemoteAddress(context), ""};
  auto reply = runner_.Run(*operation, caller, [&] { return Result<Input>(std::move(input)); });
  return reply ? std::move(reply) : InFieldPaths(reply.error());
}

Result<nlohmann::json> ToJson(const google::protobuf::Message& message) {
  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  std::string text;
  const auto printed = google::protobuf::util::MessageToJsonString(message, &text, options);
  if (!printed.ok())
    return Error{ErrorCode::kInvalid, "bad_time",
                 "a time is none of the years 1 to 9999, or its nanos are not"};
  return nlohmann::json::parse(text);
}

Result<Input> InputOf(const google::protobuf::Message& message) {
  auto body = ToJson(message);
  if (!body) return body.error();
  Input input;
  input.id = body->value("id", "");
  // Proto's JSON has 64 bits as text.
  if (body->contains("expected_revision"))
    input.if_revision = std::stoll(body->at("expected_revision").get<std::string>());
  body->erase("id");
  body->erase("expected_revision");
  input.body = std::move(*body);
  return input;
}

void FromJson(const nlohmann::ordered_json& json, google::protobuf::Message* message) {
  google::protobuf::util::JsonParseOptions options;
  options.ignore_unknown_fields = true;
  const auto parsed = google::protobuf::util::JsonStringToMessage(Dump(json), message, options);
  CHECK(parsed.ok(), "an answer does not fit its message");
}

}  // namespace webhook
