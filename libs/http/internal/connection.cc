#include "http/internal/connection.h"

#include <netinet/tcp.h>
#include <openssl/err.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/asio/error.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/beast/http/error.hpp>
#include <cerrno>
#include <cstring>
#include <utility>

#include "http/internal/socket_bio.h"

namespace webhook::http {
namespace {

namespace asio = boost::asio;
using Error = boost::system::error_code;

constexpr std::size_t kMaxTlsRecord = 16 * 1024;
constexpr std::size_t kFirstRead = 1'024;

Error LastError() {
  if (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR || errno == EINPROGRESS)
    return asio::error::would_block;
  return {errno, boost::system::system_category()};
}

}  // namespace

Error Connection::Dial(const asio::ip::tcp::endpoint& endpoint) {
  socket_.handle =
      socket(endpoint.protocol().family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP);
  if (socket_.handle < 0) return LastError();
  socket_.allowance = kMaxTurnBytes;
  const int one = 1;
  setsockopt(socket_.handle, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  if (connect(socket_.handle, endpoint.data(), static_cast<socklen_t>(endpoint.size())) != 0) {
    if (const Error error = LastError(); error != asio::error::would_block) return error;
  }
  return poller_.Watch(socket_.handle, *this) ? Error{} : LastError();
}

Error Connection::DialResult(std::uint32_t events) const {
  if ((events & (EPOLLERR | EPOLLHUP)) != 0) {
    int failed = 0;
    socklen_t size = sizeof failed;
    getsockopt(socket_.handle, SOL_SOCKET, SO_ERROR, &failed, &size);
    if (failed == 0) return asio::error::not_connected;
    return {failed, boost::system::system_category()};
  }
  return (events & EPOLLOUT) != 0 ? Error{} : asio::error::would_block;
}

void Connection::BeginTls(SSL* handle) {
  tls_.reset(handle);
  BIO* bio = NewSocketBio(socket_);
  SSL_set_bio(handle, bio, bio);
  SSL_set_connect_state(handle);
  SSL_set_msg_callback(handle, &OnTlsMessage);
  SSL_set_msg_callback_arg(handle, this);
  tls_messages_ = 0;
}

Error Connection::Handshake() {
  ERR_clear_error();
  const int done = SSL_do_handshake(tls_.get());
  const Error error = done == 1 ? Error{} : TlsError(done);
  EndTurn();
  return error;
}

Error Connection::Write(std::string_view head, std::string_view body, std::size_t from,
                        std::size_t* written) {
  if (tls_) return WriteTls(head, body, from, written);
  std::array<iovec, 2> parts{};
  std::size_t count = 0;
  std::size_t room = kMaxPieceBytes;
  for (const std::string_view part : {head, body}) {
    const std::size_t skipped = std::min(from, part.size());
    from -= skipped;
    const std::size_t size = std::min(part.size() - skipped, room);
    room -= size;
    if (size > 0) parts[count++] = {const_cast<char*>(part.data()) + skipped, size};
  }
  msghdr message{};
  message.msg_iov = parts.data();
  message.msg_iovlen = count;
  const ssize_t sent = sendmsg(socket_.handle, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
  if (sent < 0) return LastError();
  *written = static_cast<std::size_t>(sent);
  return {};
}

Error Connection::WriteTls(std::string_view head, std::string_view body, std::size_t from,
                           std::size_t* written) {
  // Both in one record, and so in one write, where they fit.
  std::array<char, kMaxTlsRecord> record;
  std::size_t size = 0;
  for (const std::string_view part : {head, body}) {
    const std::size_t skipped = std::min(from, part.size());
    from -= skipped;
    const std::size_t taken = std::min(part.size() - skipped, record.size() - size);
    std::memcpy(record.data() + size, part.data() + skipped, taken);
    size += taken;
  }
  ERR_clear_error();
  const int done = SSL_write_ex(tls_.get(), record.data(), size, written);
  const Error error = done == 1 ? Error{} : TlsError(done);
  EndTurn();  // it may have had to read
  return error;
}

Error Connection::ReadMore() {
  const std::size_t free = buffer.capacity() - buffer.size();
  const std::size_t room = std::min(std::max(free, kFirstRead), kMaxBuffer - buffer.size());
  if (room == 0) return boost::beast::http::make_error_code(boost::beast::http::error::buffer_overflow);
  char* const into = static_cast<char*>(buffer.prepare(room).data());
  std::size_t got = 0;
  Error error;
  if (tls_) {
    error = ReadTls(into, room, &got);
  } else {
    const long done = socket_.Receive(into, room);
    if (done < 0) error = LastError();
    if (done == 0) error = asio::error::eof;
    if (done > 0) got = static_cast<std::size_t>(done);
  }
  if (!EndTurn() && error == asio::error::would_block) may_read_ = false;
  buffer.commit(got);
  return error;
}

Error Connection::ReadTls(char* into, std::size_t room, std::size_t* got) {
  ERR_clear_error();
  const int done = SSL_read_ex(tls_.get(), into, room, got);
  return done == 1 ? Error{} : TlsError(done);
}

bool Connection::EndTurn() {
  if (!std::exchange(socket_.cut_off, false)) return false;
  poller_.Again(socket_.handle, *this);
  return true;
}

void Connection::OnTlsMessage(int sent, int, int type, const void*, std::size_t, SSL*, void* connection) {
  if (sent != 0 || type != SSL3_RT_HANDSHAKE) return;
  auto* self = static_cast<Connection*>(connection);
  // OpenSSL, which goes on by itself, gets no more of them.
  if (++self->tls_messages_ > kMaxTlsMessages) self->socket_.allowance = 0;
}

Error Connection::TlsError(int returned) const {
  if (tls_messages_ > kMaxTlsMessages)
    return boost::system::errc::make_error_code(boost::system::errc::protocol_error);
  const int kind = SSL_get_error(tls_.get(), returned);
  if (kind == SSL_ERROR_WANT_READ || kind == SSL_ERROR_WANT_WRITE) return asio::error::would_block;
  if (kind == SSL_ERROR_ZERO_RETURN) return asio::error::eof;
  if (kind == SSL_ERROR_SYSCALL && errno != 0) return {errno, boost::system::system_category()};
  const unsigned long failed = ERR_peek_error();
  if (failed == 0 || ERR_GET_REASON(failed) == SSL_R_UNEXPECTED_EOF_WHILE_READING)
    return asio::ssl::error::stream_truncated;
  return {static_cast<int>(failed), asio::error::get_ssl_category()};
}

bool Connection::NothingUnread() const {
  return buffer.size() == 0 && (!tls_ || SSL_has_pending(tls_.get()) == 0);
}

bool Connection::StillOpen() const {
  char byte = 0;
  const ssize_t got = recv(socket_.handle, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  // A byte may be a session ticket of TLS 1.3, or the answer to a request that nobody has made: not worth a
  // risk, since resumption makes the next handshake cheap.
  return got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
}

void Connection::Rest() {
  user = nullptr;
  may_read_ = false;
  socket_.allowance = kMaxTurnBytes;
  tls_messages_ = 0;
}

void Connection::Close() {
  if (socket_.handle < 0) return;
  // Else OpenSSL takes the session for a broken one, and never resumes it.
  if (tls_ && SSL_is_init_finished(tls_.get()) == 1)
    SSL_set_shutdown(tls_.get(), SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
  poller_.Forget(*this);
  close(std::exchange(socket_.handle, -1));
}

void Connection::OnReady(std::uint32_t events) {
  socket_.allowance = kMaxTurnBytes;
  if ((events & ~static_cast<std::uint32_t>(EPOLLOUT)) != 0) may_read_ = true;
  if (user != nullptr) user->OnReady(events);
}

}  // namespace webhook::http
