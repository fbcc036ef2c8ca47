#include "services/registry/api/rest/client_address.h"

#include <algorithm>

#include "services/registry/api/rest/header_text.h"

namespace webhook::rest {
namespace {

bool IsTrusted(const std::string& address, const std::vector<http::Cidr>& proxies) {
  const auto parsed = http::IpAddress::Parse(address);
  return parsed && std::any_of(proxies.begin(), proxies.end(),
                               [&](const http::Cidr& range) { return range.Contains(*parsed); });
}

}  // namespace

std::string ClientAddress(const http::Request& request, const std::vector<http::Cidr>& trusted_proxies) {
  std::string address = request.remote_address;
  std::string forwarded;
  for (const auto& [name, value] : request.headers) {
    if (name == "x-forwarded-for") forwarded += (forwarded.empty() ? "" : ",") + value;
  }
  std::string_view rest = forwarded;
  while (!rest.empty() && IsTrusted(address, trusted_proxies)) {
    const std::size_t comma = rest.rfind(',');
    const std::string nearer(Trimmed(comma == std::string_view::npos ? rest : rest.substr(comma + 1)));
    rest = comma == std::string_view::npos ? std::string_view() : rest.substr(0, comma);
    if (!http::IpAddress::Parse(nearer)) break;  // no address: the proxy is the nearest that is known
    address = nearer;
  }
  return address;
}

Result<std::vector<http::Cidr>> ReadTrustedProxies(const std::vector<std::string>& cidrs) {
  std::vector<http::Cidr> ranges;
  std::vector<FieldViolation> violations;
  for (const std::string& text : cidrs) {
    const auto range = http::Cidr::Parse(text);
    if (range) ranges.push_back(*range);
    if (!range)
      violations.push_back(
          {"trusted-proxies", "bad_cidr", "\"" + text + "\" is no range such as 10.0.0.0/8"});
  }
  if (!violations.empty()) return InvalidError(std::move(violations));
  return ranges;
}

}  // namespace webhook::rest
