#include "services/event-ingest/publish/publish_rights.h"

#include "log/log.h"

namespace webhook {

std::shared_ptr<const EventSchema> SchemaOf(const std::string& type, const std::string& text,
                                            const PublishRights* before) {
  if (before != nullptr) {
    const auto found = before->event_types.find(type);
    if (found != before->event_types.end() && found->second != nullptr && found->second->text() == text)
      return found->second;
  }
  const auto schema = EventSchema::Compile(text, "/schema");
  if (schema) return *schema;
  log::Error("event_schema.unknown", {{"event_type", type}, {"error", schema.error().message}});
  return nullptr;
}

}  // namespace webhook
