#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/result.h"

namespace webhook::http {

// A URL that we may call: RFC 3986 syntax, scheme http or https, no user info, no fragment, host a DNS name
// (IDNA 2008 non-transitional, lower case, no trailing dot) or an IP literal in its one canonical form.
struct EndpointUrl {
  bool tls = false;
  std::string host;  // "example.com", "203.0.113.7", "2001:db8::1" (without brackets)
  bool host_is_ip = false;
  std::uint16_t port = 443;
  std::string target;  // path and query, at least "/"
  std::string text;    // the normalised whole, which ends with the target; the default port left out

  // For the Host header: brackets and port as needed. Views into `text`.
  std::string_view HostHeader() const;
  // The text before the target (RFC 6454 section 6.2): what a kept connection is good for.
  std::string_view Origin() const { return std::string_view(text).substr(0, text.size() - target.size()); }
};

inline constexpr std::size_t kMaxUrlBytes = 2048;

// Syntax only; kInvalid with code url_invalid at `pointer` and what would be right. Numeric forms that
// some resolvers read as addresses (127.1, 0x7f000001, 2130706433, 0177.0.0.1) are refused.
Result<EndpointUrl> ParseEndpointUrl(std::string_view text, const std::string& pointer);

}  // namespace webhook::http
