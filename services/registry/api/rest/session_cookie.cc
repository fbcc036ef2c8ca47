#include "services/registry/api/rest/session_cookie.h"

#include <algorithm>

#include "http/address_guard.h"
#include "services/registry/api/rest/header_text.h"

namespace webhook::rest {
namespace {

// "" or ":" and digits.
bool IsPort(std::string_view text) {
  return text.empty() ||
         (text.front() == ':' && text.find_first_not_of("0123456789", 1) == std::string_view::npos);
}

bool IsLocalhost(std::string_view name) {
  constexpr std::string_view kName = "localhost";
  return name.size() == kName.size() &&
         std::equal(name.begin(), name.end(), kName.begin(), [](char a, char b) {
           return (a >= 'A' && a <= 'Z' ? static_cast<char>(a - 'A' + 'a') : a) == b;
         });
}

}  // namespace

bool IsLoopbackHost(std::string_view host) {
  constexpr std::string_view kV6 = "[::1]";
  if (host.starts_with('[')) return host.starts_with(kV6) && IsPort(host.substr(kV6.size()));
  const std::string_view name = host.substr(0, host.find(':'));
  if (!IsPort(host.substr(name.size()))) return false;
  const auto address = http::IpAddress::Parse(name);
  return IsLocalhost(name) || (address && !address->v6 && address->bytes[0] == 127);
}

std::string_view SessionCookie::name() const {
  return loopback_ ? "webhook_session" : "__Host-webhook_session";
}

Secret SessionCookie::Read(std::string_view header) const {
  std::string_view found;
  int count = 0;
  while (!header.empty()) {
    const std::size_t end = std::min(header.find(';'), header.size());
    const std::string_view pair = header.substr(0, end);
    header.remove_prefix(std::min(end + 1, header.size()));
    const std::size_t equals = pair.find('=');
    if (equals == std::string_view::npos || Trimmed(pair.substr(0, equals)) != name()) continue;
    found = Trimmed(pair.substr(equals + 1));
    ++count;
  }
  return count == 1 ? Secret(std::string(found)) : Secret();
}

std::string SessionCookie::Set(const Secret& token, std::chrono::seconds max_age) const {
  return std::string(name()) + "=" + token.Reveal() + "; Path=/; " + (loopback_ ? "" : "Secure; ") +
         "HttpOnly; SameSite=Strict; Max-Age=" + std::to_string(max_age.count());
}

std::string SessionCookie::Clear() const {
  return Set(Secret(), std::chrono::seconds{0});
}

}  // namespace webhook::rest
