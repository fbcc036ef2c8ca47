#pragma once

#include <openssl/ssl.h>

#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <memory>
#include <string>
#include <string_view>

#include "core/short_text.h"
#include "core/time.h"
#include "http/internal/poller.h"
#include "http/internal/socket_bio.h"

namespace webhook::http {

// One TCP connection to a vetted address, with TLS over it or not. Nothing here waits: what cannot be done
// now ends with would_block, and its user hears when it is worth another try. On the loop's thread only.
class Connection final : public Poller::Watcher {
 public:
  using Error = boost::system::error_code;
  static constexpr std::size_t kMaxBuffer = 32 * 1024;
  static constexpr std::size_t kMaxPieceBytes = 64 * 1024;
  // What is read of the socket between two calls of its user, so that all have their turns. The rest waits in
  // the kernel, and the user is called again.
  static constexpr std::size_t kMaxTurnBytes = 32 * 1024;
  // TLS messages that are no data, in one request: an honest peer sends a few, each costs us more than it
  // costs to send, and no reader sees them.
  static constexpr int kMaxTlsMessages = 100;

  Connection(Poller& poller, std::string key) : pool_key(std::move(key)), poller_(poller) {}
  ~Connection() { Close(); }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // Begins to connect, over again after Close(); its user hears of the end.
  Error Dial(const boost::asio::ip::tcp::endpoint& endpoint);
  // What a dial came to, of which its user has heard this; would_block: it goes on.
  Error DialResult(std::uint32_t events) const;
  // Puts TLS over the connected socket; takes the handle.
  void BeginTls(SSL* handle);
  // protocol_error: the peer sends more than kMaxTlsMessages; so ReadMore().
  Error Handshake();
  SSL* tls() const { return tls_.get(); }  // null: there is none

  // Writes a piece of the two, one after the other, from `from` on; *written: how much of it.
  Error Write(std::string_view head, std::string_view body, std::size_t from, std::size_t* written);
  // Reads some into the buffer. eof: the peer has ended it; buffer_overflow: there is no room.
  Error ReadMore();
  // Something has come, or may have, of which no read has seen the end.
  bool MayRead() const { return may_read_ || (tls_ && SSL_has_pending(tls_.get()) == 1); }

  // True where no byte lies between the socket and the last answer: what does belongs to no request of ours.
  bool NothingUnread() const;
  // True where the peer has neither said anything nor closed since the last answer. REQUIRES:
  // NothingUnread().
  bool StillOpen() const;
  // Without a user until the next request. REQUIRES: NothingUnread().
  void Rest();
  void Close();

  void OnReady(std::uint32_t events) override;

  Poller::Watcher* user = nullptr;
  // Bounds what Beast does not: a line of a body's chunk, and its trailers.
  boost::beast::flat_buffer buffer{kMaxBuffer};
  const std::string pool_key;  // sender, host, port and TLS
  boost::asio::ip::tcp::endpoint remote;
  ShortText remote_address;  // the same in text, "203.0.113.7:443"
  bool reused = false;
  // Of TlsContext: when the handshake began, and when the session was verified that it offered to resume.
  MonoTime tls_began{};
  MonoTime offered_verified_at{};
  // Of ConnectionPool.
  MonoTime idle_since{};
  std::size_t idle_place = 0;

 private:
  struct FreeTls {
    void operator()(SSL* handle) const { SSL_free(handle); }
  };

  Error WriteTls(std::string_view head, std::string_view body, std::size_t from, std::size_t* written);
  Error ReadTls(char* into, std::size_t room, std::size_t* got);
  Error TlsError(int returned) const;
  static void OnTlsMessage(int sent, int version, int type, const void*, std::size_t, SSL*, void* connection);
  // Where it was the allowance, and not the socket, that had nothing more: true, and the user is called
  // again.
  bool EndTurn();

  Poller& poller_;
  MeteredSocket socket_;
  int tls_messages_ = 0;
  bool may_read_ = false;
  std::unique_ptr<SSL, FreeTls> tls_;
};

}  // namespace webhook::http
