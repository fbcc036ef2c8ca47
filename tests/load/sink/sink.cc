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
constexpr std::string_view kFailed = "HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n";
constexpr std::string_view kUnknown = "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n";

bool Watch(int epoll, int fd) {
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.fd = fd;
  return epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) == 0;
}

}  // namespace

Result<std::unique_ptr<Sink>> Sink::Listen(std::uint16_t port) {
  const int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  const int one = 1;
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  socklen_t size = sizeof address;
  const int epoll = epoll_create1(EPOLL_CLOEXEC);
  if (bind(listener, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 ||
      listen(listener, 16'384) != 0 ||
      getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size) != 0 || !Watch(epoll, listener)) {
    return Error{ErrorCode::kUnavailable, "cannot_listen",
                 fmt::format("port {}: {}", port, std::strerror(errno))};
  }
  return std::unique_ptr<Sink>(new Sink(listener, epoll, ntohs(address.sin_port)));
}

Sink::~Sink() {
  close(listener_);
  close(epoll_);
}

void Sink::Run() {
  std::array<epoll_event, 512> events;
  for (;;) {
    const int count = epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), -1);
    for (int i = 0; i < count; ++i) {
      const int fd = events[static_cast<std::size_t>(i)].data.fd;
      if (fd == listener_) {
        Accept();
      } else {
        OnReadable(fd);
      }
    }
  }
}

void Sink::Accept() {
  for (;;) {
    const int fd = accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0) return;
    const int one = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (!Watch(epoll_, fd)) close(fd);
  }
}

void Sink::OnReadable(int fd) {
  const ssize_t got = recv(fd, buffer_.get(), kBuffer, 0);
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (got <= 0) return Close(fd);
  const std::string_view read(buffer_.get(), static_cast<std::size_t>(got));
  const auto unfinished = unfinished_.find(fd);
  if (unfinished == unfinished_.end()) {
    const std::ptrdiff_t served = Serve(fd, read);
    if (served < 0) return Close(fd);
    if (static_cast<std::size_t>(served) < read.size())
      unfinished_[fd] = read.substr(static_cast<std::size_t>(served));
    return;
  }
  unfinished->second.append(read);
  const std::ptrdiff_t served = Serve(fd, unfinished->second);
  if (served < 0) return Close(fd);
  unfinished->second.erase(0, static_cast<std::size_t>(served));
  if (unfinished->second.empty()) unfinished_.erase(unfinished);
}

std::ptrdiff_t Sink::Serve(int fd, std::string_view read) {
  answers_.clear();
  std::size_t served = 0;
  while (const auto request = NextRequest(read.substr(served))) {
    answers_ += Answer(request->target, request->body);
    served += request->size;
  }
  // What does not fit into a socket's buffer is of nobody who reads: no client of ours.
  if (!answers_.empty() &&
      send(fd, answers_.data(), answers_.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(answers_.size()))
    return -1;
  return static_cast<std::ptrdiff_t>(served);
}

std::string_view Sink::Answer(std::string_view target, std::string_view body) {
  constexpr std::string_view kControl = "/_control/";
  if (target.starts_with("/o/")) {
    Note(body);
    return kOk;
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
    return kOk;
  }
  if (command == "trouble/on" || command == "trouble/off") {
    trouble_ = command == "trouble/on";
    return kOk;
  }
  if (command != "stats") return kUnknown;
  const Histogram& latency = stats_.latency;
  const std::string json = fmt::format(
      R"({{"requests":{},"troubled":{},"first_us":{},"last_us":{},"p50_us":{},"p90_us":{},"p99_us":{},"p999_us":{},"max_us":{}}})",
      stats_.requests, stats_.troubled, stats_.first_us, stats_.last_us, latency.Quantile(0.5),
      latency.Quantile(0.9), latency.Quantile(0.99), latency.Quantile(0.999), latency.max());
  scratch_ = fmt::format("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{}",
                         json.size(), json);
  return scratch_;
}

void Sink::Close(int fd) {
  unfinished_.erase(fd);
  close(fd);
}

}  // namespace webhook::load
