#include "tests/load/egress/raw_sender.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "tests/load/egress/answer.h"
#include "tests/load/egress/request.h"

namespace webhook::load {

RawSender::RawSender(const Scenario& scenario, const Target& target)
    : scenario_(scenario),
      target_(target),
      connections_(scenario.slots()),
      ring_(scenario.slots()),
      progress_(scenario),
      epoll_(epoll_create1(EPOLL_CLOEXEC)) {
  for (std::size_t host = 0; host < scenario.hosts; ++host) {
    requests_.push_back(RequestText(scenario, target, host));
    addresses_.push_back(HostAddress(host));
  }
}

RawSender::~RawSender() {
  for (Connection& connection : connections_) {
    if (connection.fd >= 0) Close(connection);
  }
  close(epoll_);
}

Result<Progress> RawSender::Run() {
  if (scenario_.tls) {
    auto tls = RawTls::Create(target_.ca_file, scenario_.hosts, scenario_.resume);
    if (!tls) return tls.error();
    tls_ = std::move(*tls);
  }
  bool fine = SendMore();
  std::array<epoll_event, 512> events;
  while (fine && !progress_.done()) {
    const int count = epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), -1);
    for (int i = 0; fine && i < count; ++i) {
      const epoll_event& event = events[static_cast<std::size_t>(i)];
      fine = OnEvent(event.data.u32, event.events);
    }
  }
  if (!fine) {
    return Error{ErrorCode::kUnavailable, "raw_failed",
                 std::string("a connection of the raw sender failed: ") + std::strerror(errno)};
  }
  return progress_;
}

bool RawSender::SendMore() {
  while (progress_.StartNext()) {
    if (!Start(ring_.Take())) return false;
  }
  return true;
}

bool RawSender::Start(std::uint32_t slot) {
  return connections_[slot].state == State::kIdle ? Write(slot) : Connect(slot);
}

bool RawSender::Connect(std::uint32_t slot) {
  Connection& connection = connections_[slot];
  connection.fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (connection.fd < 0) return false;
  const int one = 1;
  setsockopt(connection.fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(target_.port);
  inet_pton(AF_INET, addresses_[HostOf(slot)].c_str(), &address.sin_addr);
  const int dialled = connect(connection.fd, reinterpret_cast<const sockaddr*>(&address), sizeof address);
  if (dialled != 0 && errno != EINPROGRESS) return false;
  connection.state = State::kConnecting;
  epoll_event event{};
  event.events = EPOLLIN | EPOLLOUT | EPOLLET;
  event.data.u32 = slot;
  return epoll_ctl(epoll_, EPOLL_CTL_ADD, connection.fd, &event) == 0;
}

bool RawSender::OnEvent(std::uint32_t slot, std::uint32_t events) {
  Connection& connection = connections_[slot];
  switch (connection.state) {
    case State::kClosed:
      return true;
    case State::kIdle:
      return (events & (EPOLLHUP | EPOLLERR)) == 0;
    case State::kConnecting:
      if ((events & (EPOLLHUP | EPOLLERR)) != 0) return false;
      if (!tls_) return Write(slot);
      connection.ssl = tls_->Connect(connection.fd, HostOf(slot), addresses_[HostOf(slot)]);
      connection.state = State::kHandshaking;
      return Handshake(slot);
    case State::kHandshaking:
      return Handshake(slot);
    case State::kWaiting:
      return Read(slot);
  }
  return false;
}

bool RawSender::Handshake(std::uint32_t slot) {
  Connection& connection = connections_[slot];
  ERR_clear_error();
  const int done = SSL_do_handshake(connection.ssl);
  if (done == 1) return Write(slot);
  return SSL_get_error(connection.ssl, done) == SSL_ERROR_WANT_READ;
}

bool RawSender::Write(std::uint32_t slot) {
  Connection& connection = connections_[slot];
  const std::string& text = requests_[HostOf(slot)];
  connection.state = State::kWaiting;
  const auto size = static_cast<ssize_t>(text.size());
  if (connection.ssl != nullptr)
    return SSL_write(connection.ssl, text.data(), static_cast<int>(text.size())) == size;
  return send(connection.fd, text.data(), text.size(), MSG_NOSIGNAL) == size;
}

bool RawSender::Read(std::uint32_t slot) {
  Connection& connection = connections_[slot];
  std::size_t filled = 0;
  for (;;) {
    const std::ptrdiff_t got = Receive(connection, filled);
    if (got < 0) return false;
    // Edges: all is read. Part of an answer would be lost here; the sink writes each in one piece.
    if (got == 0) return filled == 0;
    filled += static_cast<std::size_t>(got);
    if (const auto answer = ReadAnswer({buffer_.data(), filled})) {
      connection.state = State::kIdle;
      if (answer->close) Close(connection);
      ring_.Give(slot);
      progress_.Answered(answer->status);
      return progress_.done() || SendMore();
    }
  }
}

std::ptrdiff_t RawSender::Receive(const Connection& connection, std::size_t filled) {
  char* into = buffer_.data() + filled;
  const std::size_t room = buffer_.size() - filled;
  if (connection.ssl != nullptr) {
    const int got = SSL_read(connection.ssl, into, static_cast<int>(room));
    if (got > 0) return got;
    return SSL_get_error(connection.ssl, got) == SSL_ERROR_WANT_READ ? 0 : -1;
  }
  const ssize_t got = recv(connection.fd, into, room, 0);
  if (got > 0) return got;
  return got < 0 && errno == EAGAIN ? 0 : -1;
}

void RawSender::Close(Connection& connection) {
  // Else OpenSSL takes the session for a broken one, and does not resume it.
  if (connection.ssl != nullptr) SSL_set_shutdown(connection.ssl, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
  SSL_free(connection.ssl);
  close(connection.fd);
  connection = Connection{};
}

}  // namespace webhook::load
