#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "core/result.h"
#include "tests/load/histogram.h"

namespace webhook::load {

// Endpoints that cost little: one thread on epoll, answers of a line. Every address of the machine reaches
// it, so http://127.x.y.z:PORT/… is a host of its own for each x.y.z. The first letter of the path is how an
// endpoint behaves:
//   /o/…  200
//   /h/…  hangs while trouble is on, else 200
//   /f/…  500 while trouble is on, else 200
//   GET  /_control/stats      what came since the last reset, JSON
//   POST /_control/reset      forgets it
//   POST /_control/trouble/on, /_control/trouble/off
// One thread.
class Sink {
 public:
  // Listens on all addresses; port 0: any.
  static Result<std::unique_ptr<Sink>> Listen(std::uint16_t port);
  ~Sink();

  std::uint16_t port() const { return port_; }
  // Serves until the process ends.
  void Run();

 private:
  struct Stats {
    std::uint64_t requests = 0;  // of healthy endpoints
    std::uint64_t troubled = 0;  // of the others
    std::int64_t first_us = 0;   // arrivals of healthy ones, since 1970
    std::int64_t last_us = 0;
    Histogram latency;  // from sent_us, of healthy ones
  };

  Sink(int listener, int epoll, std::uint16_t port) : listener_(listener), epoll_(epoll), port_(port) {}
  void Accept();
  void OnReadable(int fd);
  // How much of `read` was answered; -1: close.
  std::ptrdiff_t Serve(int fd, std::string_view read);
  std::string_view Answer(std::string_view target, std::string_view body);
  std::string_view Control(std::string_view command);
  void Note(std::string_view body);
  void Close(int fd);

  const int listener_;
  const int epoll_;
  const std::uint16_t port_;
  bool trouble_ = false;
  std::unordered_map<int, std::string>
      unfinished_;  // the beginning of a request, of connections that sent a part
  std::unique_ptr<char[]> buffer_ = std::make_unique<char[]>(kBuffer);
  std::string answers_;
  std::string scratch_;
  Stats stats_;

  static constexpr std::size_t kBuffer = 256u << 10;
};

}  // namespace webhook::load
