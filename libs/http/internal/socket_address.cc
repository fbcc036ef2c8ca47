#include "http/internal/socket_address.h"

#include <charconv>

namespace webhook::http {
namespace {

namespace ip = boost::asio::ip;

Error BadAddress(const std::string& text) {
  return {ErrorCode::kInvalid, "bad_address", "\"" + text + "\" is no host:port with an IP address as host"};
}

}  // namespace

Result<ip::tcp::endpoint> ParseSocketAddress(const std::string& text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string::npos) return BadAddress(text);
  std::uint16_t port = 0;
  const char* end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data() + colon + 1, end, port);
  if (parsed.ec != std::errc() || parsed.ptr != end) return BadAddress(text);
  std::string host = text.substr(0, colon);
  if (host.empty()) host = "0.0.0.0";
  if (host == "localhost") host = "127.0.0.1";
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
  boost::system::error_code error;
  const ip::address address = ip::make_address(host, error);
  if (error) return BadAddress(text);
  return ip::tcp::endpoint(address, port);
}

std::string ToText(const ip::tcp::endpoint& endpoint) {
  const std::string host = endpoint.address().to_string();
  const std::string port = std::to_string(endpoint.port());
  return endpoint.address().is_v6() ? "[" + host + "]:" + port : host + ":" + port;
}

bool IsOwnFault(const boost::system::error_code& error, bool v6) {
  namespace errc = boost::system::errc;
  if (error == errc::address_not_available) return !v6;  // IPv4: no local port is left
  return error == errc::too_many_files_open || error == errc::too_many_files_open_in_system ||
         error == errc::not_enough_memory || error == errc::no_buffer_space ||
         error == errc::no_space_on_device;  // of epoll: as many watched sockets as the user may have
}

}  // namespace webhook::http
