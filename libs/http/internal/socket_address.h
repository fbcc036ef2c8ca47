#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <string>

#include "core/result.h"

namespace webhook::http {

// "127.0.0.1:80", "[::1]:80", "localhost:80", ":80" (all interfaces) as an endpoint; kInvalid otherwise.
Result<boost::asio::ip::tcp::endpoint> ParseSocketAddress(const std::string& text);

// "127.0.0.1:80", "[::1]:80".
std::string ToText(const boost::asio::ip::tcp::endpoint& endpoint);

// True where a dial failed because our own machine lacks something: no fault of the endpoint. v6: the address
// that was dialled. A machine without IPv6 is none: its endpoints have other addresses, or cannot be reached
// from here.
bool IsOwnFault(const boost::system::error_code& error, bool v6);

}  // namespace webhook::http
