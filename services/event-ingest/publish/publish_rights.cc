#include "services/event-ingest/publish/publish_rights.h"

namespace webhook {

Result<std::shared_ptr<const EventSchema>> SchemaOf(const std::string& type, const std::string& text,
                                                    const PublishRights* before) {
  if (before != nullptr) {
    const auto found = before->event_types.find(type);
    if (found != before->event_types.end() && found->second != nullptr && found->second->text() == text)
      return found->second;
  }
  return EventSchema::Compile(text, "/schema");
}

}  // namespace webhook
