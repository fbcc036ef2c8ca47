#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <memory>
#include <optional>
#include <string>

#include "core/time.h"

namespace webhook::http {

// One TCP connection to a vetted address, with TLS over it or not. The loop's only.
class Connection {
 public:
  static constexpr std::size_t kMaxBuffer = 32 * 1024;
  using Tcp = boost::asio::ip::tcp;
  using Tls = boost::asio::ssl::stream<Tcp::socket&>;

  Connection(boost::asio::io_context& context, std::string key) : socket(context), pool_key(std::move(key)) {}

  // Gives the plain socket or the TLS stream to fn.
  template <typename Fn>
  void WithStream(Fn&& fn) {
    if (tls) {
      fn(*tls);
    } else {
      fn(socket);
    }
  }
  // True where no byte lies between the socket and the last answer: what does belongs to no request of ours.
  bool NothingUnread() const;
  // True where the peer has neither said anything nor closed since the last answer. REQUIRES:
  // NothingUnread().
  bool StillOpen();
  void Close() {
    boost::system::error_code ignored;
    socket.close(ignored);
  }

  Tcp::socket socket;
  std::optional<Tls> tls;
  // Bounds what Beast does not: a line of a body's chunk, and its trailers.
  boost::beast::flat_buffer buffer{kMaxBuffer};
  std::string pool_key;        // host, port and TLS
  std::string remote_address;  // "203.0.113.7:443"
  bool reused = false;
  MonoTime idle_since{};
};

}  // namespace webhook::http
