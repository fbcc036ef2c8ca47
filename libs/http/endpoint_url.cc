#include "http/endpoint_url.h"

#include <idn2.h>
#include <uriparser/Uri.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "http/address_guard.h"

namespace webhook::http {
namespace {

constexpr std::string_view kHttps = "https://";
constexpr std::string_view kHttp = "http://";

constexpr std::size_t kMaxHostBytes = 253;
constexpr std::size_t kMaxLabelBytes = 63;

Error Bad(const std::string& pointer, std::string detail) {
  return InvalidError({{pointer, "url_invalid", std::move(detail)}});
}

bool IsAscii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

std::string Lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

// The URL's raw parts by RFC 3986 section 3.
struct Parts {
  std::string scheme;
  std::string_view authority;
  std::string_view rest;  // path, query and fragment
};

std::optional<Parts> Split(std::string_view text) {
  const std::size_t colon = text.find("://");
  if (colon == std::string_view::npos) return std::nullopt;
  const std::string_view after = text.substr(colon + 3);
  const std::size_t end = std::min(after.find_first_of("/?#"), after.size());
  return Parts{Lower(text.substr(0, colon)), after.substr(0, end), after.substr(end)};
}

// A host name in its one ASCII form; an error is a sentence.
Result<std::string> CanonicalName(std::string_view host) {
  const auto refuse = [](std::string why) {
    return Error{ErrorCode::kInvalid, "url_invalid", std::move(why)};
  };
  char* ascii = nullptr;
  // STD3 rules would refuse "_", which names of real endpoints have.
  const int code = idn2_to_ascii_8z(std::string(host).c_str(), &ascii, IDN2_NONTRANSITIONAL | IDN2_NFC_INPUT);
  if (code != IDN2_OK) return refuse(std::string("the host is no domain name: ") + idn2_strerror(code));
  std::string name = Lower(ascii);
  idn2_free(ascii);
  if (!name.empty() && name.back() == '.') name.pop_back();
  if (name.empty() || name.size() > kMaxHostBytes) return refuse("the host has 1 to 253 characters");
  std::size_t begin = 0;
  while (begin <= name.size()) {
    const std::size_t end = std::min(name.find('.', begin), name.size());
    const std::string_view label = std::string_view(name).substr(begin, end - begin);
    const bool plain = std::all_of(label.begin(), label.end(), [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
    });
    if (label.empty() || label.size() > kMaxLabelBytes || !plain || label.front() == '-' ||
        label.back() == '-') {
      return refuse("the host is no domain name: parts have 1 to 63 letters, digits and inner hyphens");
    }
    begin = end + 1;
  }
  return name;
}

// True where some resolvers read the name as an IPv4 address (WHATWG URL, "ends in a number").
bool EndsInNumber(const std::string& name) {
  const std::string last = name.substr(name.rfind('.') + 1);
  if (std::all_of(last.begin(), last.end(), [](char c) { return c >= '0' && c <= '9'; })) return true;
  return last.size() >= 2 && last[0] == '0' && last[1] == 'x';
}

Status SetHost(std::string_view host, const std::string& pointer, EndpointUrl* url) {
  if (!host.empty() && host.front() == '[') {
    const auto address = IpAddress::Parse(host.substr(1, host.size() - 2));
    if (host.back() != ']' || !address || !address->v6)
      return Bad(pointer, "the host in brackets is no IPv6 address");
    url->host = address->ToString();
    url->host_is_ip = true;
    return Ok();
  }
  if (host.find('%') != std::string_view::npos) return Bad(pointer, "the host must not be percent-encoded");
  auto name = CanonicalName(host);
  if (!name) return Bad(pointer, name.error().message);
  url->host = std::move(*name);
  if (!EndsInNumber(url->host)) return Ok();
  const auto address = IpAddress::Parse(url->host);
  if (!address || address->ToString() != host)
    return Bad(pointer, "write an IPv4 address as four decimal numbers, like 203.0.113.7");
  url->host_is_ip = true;
  return Ok();
}

Status SetPort(std::string_view port, const std::string& pointer, EndpointUrl* url) {
  unsigned number = 0;
  const auto parsed = std::from_chars(port.data(), port.data() + port.size(), number);
  if (port.empty() || port.front() == '0' || parsed.ec != std::errc() ||
      parsed.ptr != port.data() + port.size() || number > 65'535) {
    return Bad(pointer, "the port is a number from 1 to 65535");
  }
  url->port = static_cast<std::uint16_t>(number);
  return Ok();
}

Status SetAuthority(std::string_view authority, const std::string& pointer, EndpointUrl* url) {
  if (authority.empty()) return Bad(pointer, "the URL has no host");
  if (authority.find('@') != std::string_view::npos)
    return Bad(pointer, "a user name or password in the URL is not supported; use a header");
  const std::size_t bracket = authority.rfind(']');
  const std::size_t colon = authority.rfind(':');
  const bool has_port =
      colon != std::string_view::npos && (bracket == std::string_view::npos || colon > bracket);
  if (has_port) {
    if (Status port = SetPort(authority.substr(colon + 1), pointer, url); !port) return port;
    authority = authority.substr(0, colon);
  }
  return SetHost(authority, pointer, url);
}

bool IsUri(const std::string& text) {
  UriUriA uri;
  const char* error = nullptr;
  const bool valid = uriParseSingleUriA(&uri, text.c_str(), &error) == URI_SUCCESS;
  if (valid) uriFreeUriMembersA(&uri);
  return valid;
}

std::string Authority(const EndpointUrl& url) {
  const bool v6 = url.host_is_ip && url.host.find(':') != std::string::npos;
  std::string authority = v6 ? "[" + url.host + "]" : url.host;
  if (url.port != (url.tls ? 443 : 80)) authority += ":" + std::to_string(url.port);
  return authority;
}

}  // namespace

std::string_view EndpointUrl::HostHeader() const {
  return Origin().substr(tls ? kHttps.size() : kHttp.size());
}

Result<EndpointUrl> ParseEndpointUrl(std::string_view text, const std::string& pointer) {
  if (text.size() > kMaxUrlBytes)
    return Bad(pointer, "the URL may have " + std::to_string(kMaxUrlBytes) + " bytes");
  for (const char c : text) {
    if (static_cast<unsigned char>(c) <= 0x20 || c == 0x7f)
      return Bad(pointer, "the URL has a blank or control character");
    if (c == '\\') return Bad(pointer, "the URL has a backslash");
  }
  const auto parts = Split(text);
  if (!parts || (parts->scheme != "https" && parts->scheme != "http"))
    return Bad(pointer, "the URL must begin with https:// and a host");
  if (parts->rest.find('#') != std::string_view::npos)
    return Bad(pointer, "a fragment (#…) is never sent; leave it out");
  if (!IsAscii(parts->rest)) return Bad(pointer, "percent-encode what is not ASCII in path and query");

  EndpointUrl url;
  url.tls = parts->scheme == "https";
  url.port = url.tls ? 443 : 80;
  if (Status authority = SetAuthority(parts->authority, pointer, &url); !authority) return authority.error();
  url.target = std::string(parts->rest);
  if (url.target.empty() || url.target.front() == '?') url.target.insert(0, "/");
  url.text = std::string(url.tls ? kHttps : kHttp) + Authority(url) + url.target;
  if (!IsUri(url.text)) return Bad(pointer, "path or query has a character that must be percent-encoded");
  if (url.text.size() > kMaxUrlBytes) return Bad(pointer, "the URL is too long in its normalised form");
  return url;
}

}  // namespace webhook::http
