#pragma once

#include <string_view>
#include <vector>

namespace webhook::dashboard {

// A file of the dashboard, embedded in this binary by pack.py.
struct Asset {
  std::string_view name;  // "pages/webhook.js"
  std::string_view content_type;
  std::string_view plain;
  std::string_view gzip;
};

// Sorted by name. "index.html" is among them.
const std::vector<Asset>& Assets();
// Changes with any of them.
extern const std::string_view kVersion;

}  // namespace webhook::dashboard
