#include "http/address_guard.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <netinet/in.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <span>

namespace webhook::http {
namespace {

struct Range {
  const char* cidr;
  const char* what;
};

// IANA special-purpose registries (RFC 6890 and updates) and what clouds keep at fixed addresses.
constexpr Range kV4[] = {
    {"0.0.0.0/8", "this network"},
    {"10.0.0.0/8", "private"},
    {"100.64.0.0/10", "shared (carrier-grade NAT)"},
    {"127.0.0.0/8", "loopback"},
    {"169.254.0.0/16", "link-local (cloud metadata)"},
    {"172.16.0.0/12", "private"},
    {"192.0.0.0/24", "protocol assignments"},
    {"192.0.2.0/24", "documentation"},
    {"192.88.99.0/24", "6to4 relay"},
    {"192.168.0.0/16", "private"},
    {"198.18.0.0/15", "benchmarking"},
    {"198.51.100.0/24", "documentation"},
    {"203.0.113.0/24", "documentation"},
    {"224.0.0.0/4", "multicast"},
    {"240.0.0.0/4", "reserved"},
    {"168.63.129.16/32", "cloud platform"},
};
// Inside 2000::/3; all else of IPv6 is refused but for the forms that carry an IPv4 address.
constexpr Range kV6[] = {
    {"2001::/23", "protocol assignments"},
    {"2001:db8::/32", "documentation"},
    {"3fff::/20", "documentation"},
};
struct Embedding {
  const char* cidr;
  std::size_t at;  // first byte of the IPv4 address
};
constexpr Embedding kEmbeddings[] = {
    {"::ffff:0:0/96", 12},    // IPv4-mapped
    {"::ffff:0:0:0/96", 12},  // IPv4-translated (SIIT)
    {"64:ff9b::/96", 12},     // NAT64
    {"2002::/16", 2},         // 6to4
};

struct Parsed {
  Cidr cidr;
  std::string what;
  std::size_t at = 0;
};

std::vector<Parsed> ParseAll(std::span<const Range> ranges) {
  std::vector<Parsed> parsed;
  for (const Range& range : ranges) parsed.push_back({*Cidr::Parse(range.cidr), range.what});
  return parsed;
}

std::vector<Parsed> ParseEmbeddings() {
  std::vector<Parsed> parsed;
  for (const Embedding& embedding : kEmbeddings)
    parsed.push_back({*Cidr::Parse(embedding.cidr), "", embedding.at});
  return parsed;
}

std::string Describe(const IpAddress& address, const std::string& what) {
  return address.ToString() + " is a " + what + " address";
}

std::string ForbiddenV4(const IpAddress& address) {
  static const std::vector<Parsed> ranges = ParseAll(kV4);
  for (const Parsed& range : ranges) {
    if (range.cidr.Contains(address)) return Describe(address, range.what);
  }
  return "";
}

std::string ForbiddenV6(const IpAddress& address, const GuardPolicy& policy) {
  static const std::vector<Parsed> embeddings = ParseEmbeddings();
  static const std::vector<Parsed> ranges = ParseAll(kV6);
  static const Cidr global = *Cidr::Parse("2000::/3");
  for (const Parsed& embedding : embeddings) {
    if (!embedding.cidr.Contains(address)) continue;
    IpAddress inside;
    std::copy_n(address.bytes.begin() + static_cast<std::ptrdiff_t>(embedding.at), 4, inside.bytes.begin());
    return ForbiddenReason(inside, policy);
  }
  if (!global.Contains(address)) return Describe(address, "non-public");
  for (const Parsed& range : ranges) {
    if (range.cidr.Contains(address)) return Describe(address, range.what);
  }
  return "";
}

// What must not be spoken to by HTTP: the web's bad ports (WHATWG Fetch, section 2.9) and well-known data
// stores and control planes.
constexpr std::uint16_t kDeniedPorts[] = {
    1,    7,    9,    11,   13,   15,   17,   19,   20,   21,   22,    23,    25,    37,    42,   43,   53,
    69,   77,   79,   87,   95,   101,  102,  103,  104,  109,  110,   111,   113,   115,   117,  119,  123,
    135,  137,  139,  143,  161,  179,  389,  427,  445,  465,  512,   513,   514,   515,   526,  530,  531,
    532,  540,  548,  554,  556,  563,  587,  601,  636,  873,  989,   990,   993,   995,   1433, 1521, 1719,
    1720, 1723, 2049, 2375, 2376, 2379, 2380, 3306, 3659, 4045, 5060,  5061,  5432,  5672,  6000, 6379, 6443,
    6566, 6665, 6666, 6667, 6668, 6669, 6697, 9042, 9092, 9300, 10080, 10250, 10255, 11211, 27017};

constexpr std::string_view kPrivateSuffixes[] = {
    "localhost", "local", "internal",  "intranet", "lan",     "home", "corp",
    "private",   "svc",   "home.arpa", "onion",    "invalid", "test", "localdomain",
};

bool IsPrivateName(const std::string& host) {
  if (host.find('.') == std::string::npos) return true;
  return std::any_of(std::begin(kPrivateSuffixes), std::end(kPrivateSuffixes), [&](std::string_view suffix) {
    return host == suffix || (host.size() > suffix.size() && host.ends_with(suffix) &&
                              host[host.size() - suffix.size() - 1] == '.');
  });
}

// What this machine itself listens on must not be reached from outside through us, public or not.
std::vector<IpAddress> OwnAddresses() {
  std::vector<IpAddress> own;
  ifaddrs* list = nullptr;
  if (getifaddrs(&list) != 0) return own;
  for (const ifaddrs* entry = list; entry != nullptr; entry = entry->ifa_next) {
    if (entry->ifa_addr == nullptr) continue;
    IpAddress address;
    if (entry->ifa_addr->sa_family == AF_INET) {
      std::memcpy(address.bytes.data(), &reinterpret_cast<const sockaddr_in*>(entry->ifa_addr)->sin_addr, 4);
    } else if (entry->ifa_addr->sa_family == AF_INET6) {
      address.v6 = true;
      std::memcpy(address.bytes.data(), &reinterpret_cast<const sockaddr_in6*>(entry->ifa_addr)->sin6_addr,
                  16);
    } else {
      continue;
    }
    own.push_back(address);
  }
  freeifaddrs(list);
  return own;
}

}  // namespace

std::optional<IpAddress> IpAddress::Parse(std::string_view text) {
  const std::string copy(text);
  IpAddress address;
  if (copy.find('\0') != std::string::npos) return std::nullopt;
  if (inet_pton(AF_INET, copy.c_str(), address.bytes.data()) == 1) return address;
  address.v6 = true;
  if (inet_pton(AF_INET6, copy.c_str(), address.bytes.data()) == 1) return address;
  return std::nullopt;
}

std::string IpAddress::ToString() const {
  char text[INET6_ADDRSTRLEN] = {};
  inet_ntop(v6 ? AF_INET6 : AF_INET, bytes.data(), text, sizeof text);
  return text;
}

std::optional<Cidr> Cidr::Parse(std::string_view text) {
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const auto base = IpAddress::Parse(text.substr(0, slash));
  const std::string_view digits = text.substr(slash + 1);
  int prefix = 0;
  const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), prefix);
  if (!base || digits.empty() || parsed.ec != std::errc() || parsed.ptr != digits.data() + digits.size())
    return std::nullopt;
  if (prefix < 0 || prefix > (base->v6 ? 128 : 32)) return std::nullopt;
  return Cidr{*base, prefix};
}

bool Cidr::Contains(const IpAddress& address) const {
  if (address.v6 != base.v6) return false;
  const std::size_t whole = static_cast<std::size_t>(prefix / 8);
  if (!std::equal(base.bytes.begin(), base.bytes.begin() + static_cast<std::ptrdiff_t>(whole),
                  address.bytes.begin())) {
    return false;
  }
  const int rest = prefix % 8;
  if (rest == 0) return true;
  return ((base.bytes[whole] ^ address.bytes[whole]) >> (8 - rest)) == 0;
}

Result<GuardPolicy> MakeGuardPolicy(bool allow_http, const std::vector<std::string>& cidrs) {
  GuardPolicy policy;
  policy.allow_http = allow_http;
  std::vector<FieldViolation> violations;
  for (const std::string& text : cidrs) {
    const auto cidr = Cidr::Parse(text);
    if (cidr) {
      policy.allowed.push_back(*cidr);
    } else {
      violations.push_back(
          {"egress-allow-cidrs", "bad_cidr", "\"" + text + "\" is no address range like 10.1.0.0/16"});
    }
  }
  if (!violations.empty()) return InvalidError(std::move(violations));
  policy.own = OwnAddresses();
  return policy;
}

std::string ForbiddenReason(const IpAddress& address, const GuardPolicy& policy) {
  const auto allowed = std::any_of(policy.allowed.begin(), policy.allowed.end(),
                                   [&](const Cidr& cidr) { return cidr.Contains(address); });
  if (allowed) return "";
  if (std::find(policy.own.begin(), policy.own.end(), address) != policy.own.end())
    return address.ToString() + " is an address of the platform itself";
  return address.v6 ? ForbiddenV6(address, policy) : ForbiddenV4(address);
}

Status CheckUrl(const EndpointUrl& url, const GuardPolicy& policy, const std::string& pointer) {
  const auto forbid = [&](std::string why) {
    return InvalidError({{pointer, "url_forbidden", std::move(why)}});
  };
  if (!url.tls && !policy.allow_http) return forbid("the URL must begin with https://");
  if (std::find(std::begin(kDeniedPorts), std::end(kDeniedPorts), url.port) != std::end(kDeniedPorts))
    return forbid("port " + std::to_string(url.port) + " is not for webhooks; use 443");
  if (url.host_is_ip) {
    const std::string reason = ForbiddenReason(*IpAddress::Parse(url.host), policy);
    if (!reason.empty()) return forbid(reason + "; the endpoint must be reachable from the internet");
  } else if (policy.allowed.empty() && IsPrivateName(url.host)) {
    return forbid(url.host + " is not a public name; the endpoint must be reachable from the internet");
  }
  return Ok();
}

}  // namespace webhook::http
