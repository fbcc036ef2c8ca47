#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "core/secret.h"

// The cookie that holds the token of a browser's session. Pure.
namespace webhook::rest {

// Whether a Host header names the caller's own machine: localhost, an address of 127.0.0.0/8 or [::1], with
// any port or none.
bool IsLoopbackHost(std::string_view host);

// One cookie: `__Host-webhook_session`, which browsers take over TLS alone, for all paths, from no other
// host. On a loopback host, to which not all browsers let such a cookie go without TLS, it is
// `webhook_session`, and only there that name is heeded.
class SessionCookie {
 public:
  explicit SessionCookie(bool loopback) : loopback_(loopback) {}

  std::string_view name() const;
  // The token in a Cookie header; empty: there is none, or more than one.
  Secret Read(std::string_view header) const;
  // Values of Set-Cookie.
  std::string Set(const Secret& token, std::chrono::seconds max_age) const;
  std::string Clear() const;

 private:
  const bool loopback_;
};

}  // namespace webhook::rest
