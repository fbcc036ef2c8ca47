#pragma once

#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace webhook {

// Who may publish what, as the registry said last. Immutable.
struct Directory {
  std::set<std::string, std::less<>> key_hmacs;  // of API keys with the scope events:publish
  std::set<std::string, std::less<>> account_ids;
  std::vector<std::string> event_types;
};

// The newest directory. All methods from any thread.
class DirectoryCopy {
 public:
  // Null: none was received yet.
  std::shared_ptr<const Directory> Get() const {
    const std::scoped_lock lock(mutex_);
    return directory_;
  }
  void Replace(std::shared_ptr<const Directory> directory) {
    const std::scoped_lock lock(mutex_);
    directory_ = std::move(directory);
  }

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const Directory> directory_;
};

}  // namespace webhook
