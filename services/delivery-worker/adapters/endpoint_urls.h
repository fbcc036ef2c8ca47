#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <unordered_map>

#include "core/result.h"
#include "http/endpoint_url.h"

namespace webhook {

// The URLs of webhooks, read once: to read one costs more than to sign a request. Bounded. On one thread
// only.
class EndpointUrls {
 public:
  // kInvalid where it is none.
  Result<std::shared_ptr<const http::EndpointUrl>> Of(const std::string& text) {
    if (const auto found = known_.find(text); found != known_.end()) return found->second;
    auto url = http::ParseEndpointUrl(text, "/url");
    if (!url) return url.error();
    // All are forgotten at once: that costs less than to know which was used last, and is seldom.
    if (known_.size() >= kMost) known_.clear();
    return known_.emplace(text, std::make_shared<const http::EndpointUrl>(std::move(*url))).first->second;
  }

 private:
  static constexpr std::size_t kMost = 50'000;  // about 20 MiB

  std::unordered_map<std::string, std::shared_ptr<const http::EndpointUrl>> known_;
};

}  // namespace webhook
