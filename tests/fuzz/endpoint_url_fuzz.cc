// A customer's URL: what is accepted is the same when its normal form is parsed again, and the guard judges
// both alike.
#include <string>

#include "http/address_guard.h"
#include "http/endpoint_url.h"
#include "tests/fuzz/fuzz.h"

namespace webhook::http {
namespace {

void Check(std::string_view input) {
  const auto url = ParseEndpointUrl(input, "/url");
  if (!url) return;
  MUST(!url->host.empty() && url->target.starts_with('/') && url->port != 0);
  MUST(url->text.size() <= 3 * kMaxUrlBytes);
  for (const char c : url->text) MUST(c > ' ' && c < '\x7f');
  for (const char c : url->HostHeader()) MUST(c > ' ' && c < '\x7f' && c != '/' && c != '@');
  const auto again = ParseEndpointUrl(url->text, "/url");
  MUST(again);
  MUST(again->text == url->text && again->host == url->host && again->port == url->port);
  MUST(again->tls == url->tls && again->target == url->target && again->host_is_ip == url->host_is_ip);
  const GuardPolicy strict;
  const bool allowed = CheckUrl(*url, strict, "/url").ok();
  MUST(allowed == CheckUrl(*again, strict, "/url").ok());
  if (!url->host_is_ip) return;
  const auto address = IpAddress::Parse(url->host);
  MUST(address);
  MUST(!allowed || ForbiddenReason(*address, strict).empty());
}

}  // namespace
}  // namespace webhook::http

void webhook::Fuzz(std::string_view input) {
  http::Check(input);
}
