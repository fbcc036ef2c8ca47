#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "http/endpoint_url.h"

namespace webhook::http {

// An IPv4 or IPv6 address as plain bytes.
struct IpAddress {
  bool v6 = false;
  std::array<std::uint8_t, 16> bytes{};  // IPv4: the first four

  // Strict text forms (inet_pton); no zone.
  static std::optional<IpAddress> Parse(std::string_view text);
  std::string ToString() const;
  bool operator==(const IpAddress&) const = default;
};

// An address range of the operator's: "10.1.0.0/16", "::1/128".
struct Cidr {
  IpAddress base;
  int prefix = 0;

  static std::optional<Cidr> Parse(std::string_view text);
  bool Contains(const IpAddress& address) const;
};

// What the operator allows beyond public https endpoints.
struct GuardPolicy {
  bool allow_http = false;
  std::vector<Cidr> allowed = {};  // addresses that are let through though they are not public
  std::vector<IpAddress> own =
      {};  // of this machine's interfaces: refused, even public ones, unless in `allowed`
};

// The policy of the settings allow-http and egress-allow-cidrs, with this machine's own addresses as they are
// now; violations name egress-allow-cidrs.
Result<GuardPolicy> MakeGuardPolicy(bool allow_http, const std::vector<std::string>& cidrs);

// Why no connection may go to the address (private, loopback, link-local,
// metadata, documentation, multicast, embedded IPv4 of 6to4/NAT64/Teredo/mapped forms judged by the address
// inside, …); empty: it may. Pure; judged at every connect on the address that is then dialled.
std::string ForbiddenReason(const IpAddress& address, const GuardPolicy& policy);

// What can be said of a URL without DNS: scheme, port (deny list of non-web ports such as 22, 25, 6379),
// literal addresses, names that are never public (localhost, .internal, .local, .cluster.local, single
// labels, …). Names that the policy could allow only by address are let through when `allowed` is not empty.
// kInvalid, code url_forbidden.
Status CheckUrl(const EndpointUrl& url, const GuardPolicy& policy, const std::string& pointer);

}  // namespace webhook::http
