#include "tests/load/sink/sink.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "runtime/clock.h"
#include "tests/load/sink/request_reader.h"

namespace webhook::load {
namespace {

constexpr std::string_view kOk = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
constexpr std::string_view kLast = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
constexpr std::string_view kFailed = "HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n";
constexpr std::string_view kUnknown = "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n";

}  // namespace

Result<std::unique_ptr<Sink>> Sink::Listen(std::uint16_t port, const std::string& ca_file) {
  std::unique_ptr<Sink> sink(new Sink);
  sink->epoll_ = epoll_create1(EPOLL_CLOEXEC);
  if (Status opened = sink->Open(port, Kind::kListener, &sink->ports_.plain); !opened) return opened.error();
  if (ca_file.empty()) return sink;
  auto tls = TlsPeers::Create(ca_file);
  if (!tls) return tls.error();
  sink->tls_ = std::move(*tls);
  if (Status opened = sink->Open(0, Kind::kTlsListener, &sink->ports_.tls); !opened) return opened.error();
  if (Status opened = sink->Open(0, Kind::kTlsListenerWithoutTickets, &sink->ports_.tls_without_tickets);
      !opened)
    return opened.error();
  return sink;
}

Sink::~Sink() {
  for (const int listener : listeners_) close(listener);
  close(epoll_);
}

Status Sink::Open(std::uint16_t port, Kind kind, std::uint16_t* opened) {
  const int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  listeners_.push_back(listener);
  const int one = 1;
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  socklen_t size = sizeof address;
  if (bind(listener, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 ||
      listen(listener, 16'384) != 0 ||
      getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size) != 0 || !Watch(listener, kind)) {
    return Error{ErrorCode::kUnavailable, "cannot_listen",
                 fmt::format("port {}: {}", port, std::strerror(errno))};
  }
  *opened = ntohs(address.sin_port);
  return Ok();
}

bool Sink::Watch(int fd, Kind kind) const {
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.u64 = static_cast<std::uint64_t>(kind) << 32 | static_cast<std::uint32_t>(fd);
  return epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &event) == 0;
}

void Sink::Run() {
  std::array<epoll_event, 512> events;
  for (;;) {
    const int count = epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), -1);
    for (int i = 0; i < count; ++i) {
      const std::uint64_t word = events[static_cast<std::size_t>(i)].data.u64;
      OnEvent(static_cast<int>(word & 0xFFFF'FFFF), static_cast<Kind>(word >> 32));
    }
  }
}

void Sink::OnEvent(int fd, Kind kind) {
  switch (kind) {
    case Kind::kPlain:
      return OnReadable(fd);
    case Kind::kTls:
      return OnTlsReadable(fd);
    default:
      return Accept(fd, kind);
  }
}

void Sink::Accept(int listener, Kind kind) {
  for (;;) {
    const int fd = accept4(listener, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0) return;
    ++stats_.connections;
    const int one = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (!Watch(fd, kind == Kind::kListener ? Kind::kPlain : Kind::kTls)) {
      close(fd);
    } else if (kind != Kind::kListener) {
      tls_->Add(fd, kind == Kind::kTlsListener);
    }
  }
}

void Sink::OnReadable(int fd) {
  const ssize_t got = recv(fd, buffer_.get(), kBuffer, 0);
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (got <= 0 || !Take(fd, {buffer_.get(), static_cast<std::size_t>(got)}, false)) Close(fd);
}

void Sink::OnTlsReadable(int fd) {
  // To the end: what OpenSSL has read ahead, epoll does not tell of.
  for (;;) {
    const auto got = tls_->Read(fd, {buffer_.get(), kBuffer});
    if (got && *got == 0) return;
    if (!got || !Take(fd, {buffer_.get(), *got}, true)) {
      tls_->Remove(fd);
      return Close(fd);
    }
  }
}

bool Sink::Take(int fd, std::string_view read, bool tls) {
  const auto unfinished = unfinished_.find(fd);
  if (unfinished == unfinished_.end()) {
    const std::ptrdiff_t served = Serve(fd, read, tls);
    if (served < 0) return false;
    if (static_cast<std::size_t>(served) < read.size())
      unfinished_[fd] = read.substr(static_cast<std::size_t>(served));
    return true;
  }
  unfinished->second.append(read);
  const std::ptrdiff_t served = Serve(fd, unfinished->second, tls);
  if (served < 0) return false;
  unfinished->second.erase(0, static_cast<std::size_t>(served));
  if (unfinished->second.empty()) unfinished_.erase(unfinished);
  return true;
}

std::ptrdiff_t Sink::Serve(int fd, std::string_view read, bool tls) {
  answers_.clear();
  std::size_t served = 0;
  while (const auto request = NextRequest(read.substr(served))) {
    answers_ += Answer(request->target, request->body);
    served += request->size;
  }
  if (answers_.empty()) return static_cast<std::ptrdiff_t>(served);
  // What does not fit into a socket's buffer is of nobody who reads: no client of ours.
  const bool sent =
      tls ? tls_->Write(fd, answers_)
          : send(fd, answers_.data(), answers_.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(answers_.size());
  return sent ? static_cast<std::ptrdiff_t>(served) : -1;
}

std::string_view Sink::Answer(std::string_view target, std::string_view body) {
  constexpr std::string_view kControl = "/_control/";
  if (target.starts_with("/o/")) {
    Note(body);
    return kOk;
  }
  if (target.starts_with("/c/")) {
    Note(body);
    return kLast;
  }
  if (target.starts_with("/h/") || target.starts_with("/f/")) {
    ++stats_.troubled;
    if (!trouble_) return kOk;
    return target[1] == 'h' ? std::string_view{} : kFailed;
  }
  return target.starts_with(kControl) ? Control(target.substr(kControl.size())) : kUnknown;
}

void Sink::Note(std::string_view body) {
  const std::int64_t now = runtime::ReadClock().wall.time_since_epoch().count();
  if (stats_.requests++ == 0) stats_.first_us = now;
  stats_.last_us = now;
  if (const auto sent = SentUs(body)) stats_.latency.Add(now - *sent);
}

std::string_view Sink::Control(std::string_view command) {
  if (command == "reset") {
    stats_ = Stats{};
    if (tls_) tls_->handshakes = tls_->resumed = 0;
    return kOk;
  }
  if (command == "trouble/on" || command == "trouble/off") {
    trouble_ = command == "trouble/on";
    return kOk;
  }
  if (command != "stats") return kUnknown;
  const Histogram& latency = stats_.latency;
  const std::string json = fmt::format(
      R"({{"requests":{},"troubled":{},"first_us":{},"last_us":{},"p50_us":{},"p90_us":{},"p99_us":{},"p999_us":{},"max_us":{},"connections":{},"handshakes":{},"resumed":{}}})",
      stats_.requests, stats_.troubled, stats_.first_us, stats_.last_us, latency.Quantile(0.5),
      latency.Quantile(0.9), latency.Quantile(0.99), latency.Quantile(0.999), latency.max(),
      stats_.connections, tls_ ? tls_->handshakes : 0, tls_ ? tls_->resumed : 0);
  scratch_ = fmt::format("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{}",
                         json.size(), json);
  return scratch_;
}

void Sink::Close(int fd) {
  unfinished_.erase(fd);
  close(fd);
}

}  // namespace webhook::load
