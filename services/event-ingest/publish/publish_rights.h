#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <string_view>

#include "core/result.h"
#include "core/time.h"
#include "schema/event_schema.h"

namespace webhook {

// Who may publish what, as the registry said last. Immutable.
struct PublishRights {
  // HMACs of API keys with the scope events:publish -> the end of their time.
  std::map<std::string, WallTime, std::less<>> keys;
  std::set<std::string, std::less<>> account_ids;
  // The catalogue: type -> what its data must look like; null: anything.
  std::map<std::string, std::shared_ptr<const EventSchema>, std::less<>> event_types;
  // Data that breaks its type's schema: refuse the event, or only tell.
  bool refuse_broken = true;
};

// The schema of a type: that of the rights before (null: there are none) where its text is the same, so that
// a change to the catalogue costs what changed; else compiled, with the errors of EventSchema::Compile().
// Pure.
Result<std::shared_ptr<const EventSchema>> SchemaOf(const std::string& type, const std::string& text,
                                                    const PublishRights* before);

// The newest rights. All methods from any thread.
class PublishRightsCopy {
 public:
  // Null: none was received yet.
  std::shared_ptr<const PublishRights> Get() const {
    const std::scoped_lock lock(mutex_);
    return rights_;
  }
  void Replace(std::shared_ptr<const PublishRights> rights) {
    const std::scoped_lock lock(mutex_);
    rights_ = std::move(rights);
  }

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const PublishRights> rights_;
};

}  // namespace webhook
