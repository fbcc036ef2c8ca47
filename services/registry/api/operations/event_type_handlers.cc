#include "services/registry/api/operations/event_type_handlers.h"

#include <string>

#include "domain/event_pattern.h"
#include "schema/event_schema.h"
#include "services/registry/api/operations/shapes.h"
#include "services/registry/store/event_types.h"

namespace webhook {
namespace {

using nlohmann::ordered_json;

constexpr int kMostVersions = 100;

std::string Text(const nlohmann::json& json) {
  return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

// Empty: none.
std::string SchemaText(const Call& call) {
  const auto found = call.body().find("schema");
  return found == call.body().end() || found->is_null() ? "" : Text(*found);
}

Result<Reply> List(const Call& call) {
  Reply reply;
  reply.json["data"] = ordered_json::array();
  for (const store::EventType& type : store::ListEventTypes(call.tx()))
    reply.json["data"].push_back(ToJson(type));
  return reply;
}

Result<Reply> Get(const Call& call) {
  const auto type = store::ReadEventType(call.tx(), call.id());
  if (!type) return type.error();
  Reply reply;
  reply.json = ToJson(*type);
  reply.json["versions"] = ordered_json::array();
  for (const store::EventType& version : store::ListVersions(call.tx(), call.id(), kMostVersions))
    reply.json["versions"].push_back(ToJson(version));
  return reply;
}

Result<Reply> Put(const Call& call) {
  store::EventType wanted;
  wanted.name = call.id();
  wanted.description = call.body().at("description").get<std::string>();
  wanted.sample = Text(call.body().at("sample"));
  wanted.schema = SchemaText(call);
  Reply reply;
  reply.json = ToJson(store::PutEventType(call.tx(), wanted, call.body().value("deprecated", false)));
  reply.object = wanted.name;
  return reply;
}

Result<Reply> Delete(const Call& call) {
  if (Status deleted = store::DeleteEventType(call.tx(), call.id()); !deleted) return deleted.error();
  Reply reply;
  reply.status = 204;
  reply.object = call.id();
  return reply;
}

std::vector<FieldViolation> CheckPut(const Call& call) {
  std::vector<FieldViolation> violations;
  if (!IsEventType(call.id()))
    violations.push_back({"/id", "bad_event_type", "must be 2 to 6 parts of a-z, 0-9 and _, joined by dots"});
  const std::string text = SchemaText(call);
  if (text.empty()) return violations;
  const auto schema = EventSchema::Compile(text, "/schema");
  // A sample that breaks the schema would be refused when it is published.
  const auto wrong = !schema ? schema.error().violations
                     : call.body().contains("sample")
                         ? (*schema)->Check(Text(call.body().at("sample")), "/sample")
                         : std::vector<FieldViolation>();
  violations.insert(violations.end(), wrong.begin(), wrong.end());
  return violations;
}

}  // namespace

void AddEventTypeHandlers(Handlers* handlers) {
  (*handlers)["listEventTypes"] = {List};
  (*handlers)["getEventType"] = {Get};
  (*handlers)["putEventType"] = {Put, CheckPut};
  (*handlers)["deleteEventType"] = {Delete};
}

}  // namespace webhook
