#pragma once

#include <string>
#include <vector>

#include "core/result.h"
#include "http/address_guard.h"
#include "http/server.h"

namespace webhook::rest {

// Where a request comes from: the nearest address that is none of our own proxies'. Of X-Forwarded-For only
// what trusted proxies have added counts; the rest is what the caller claims.
std::string ClientAddress(const http::Request& request, const std::vector<http::Cidr>& trusted_proxies);

// The ranges of the setting trusted-proxies; violations name it.
Result<std::vector<http::Cidr>> ReadTrustedProxies(const std::vector<std::string>& cidrs);

}  // namespace webhook::rest
