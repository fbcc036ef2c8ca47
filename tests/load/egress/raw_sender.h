#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "tests/load/egress/progress.h"
#include "tests/load/egress/raw_tls.h"
#include "tests/load/egress/scenario.h"
#include "tests/load/egress/slot_ring.h"

namespace webhook::load {

// As fast as a sender on epoll can be, what ours is measured against: the bytes of each host's request are
// ready, a connection is watched once and by edges, an answer is one read. No timer, no limit, no log, no
// second try. One thread.
class RawSender {
 public:
  RawSender(const Scenario& scenario, const Target& target);
  ~RawSender();
  RawSender(const RawSender&) = delete;
  RawSender& operator=(const RawSender&) = delete;

  // Runs the scenario to its end. kUnavailable where a connection fails.
  Result<Progress> Run();

 private:
  enum class State { kClosed, kIdle, kConnecting, kHandshaking, kWaiting };
  struct Connection {
    int fd = -1;
    SSL* ssl = nullptr;
    State state = State::kClosed;
  };

  // Each false: the connection failed.
  bool SendMore();
  bool Start(std::uint32_t slot);
  bool Connect(std::uint32_t slot);
  bool OnEvent(std::uint32_t slot, std::uint32_t events);
  bool Handshake(std::uint32_t slot);
  bool Write(std::uint32_t slot);
  bool Read(std::uint32_t slot);
  // What the socket has, up to the buffer's end; 0: nothing more now, -1: closed or failed.
  std::ptrdiff_t Receive(const Connection& connection, std::size_t filled);
  void Close(Connection& connection);
  std::size_t HostOf(std::uint32_t slot) const { return slot % scenario_.hosts; }

  static constexpr std::size_t kBuffer = 16 * 1024;

  const Scenario scenario_;
  const Target target_;
  std::vector<std::string> requests_;   // by host
  std::vector<std::string> addresses_;  // by host
  std::vector<Connection> connections_;
  std::unique_ptr<RawTls> tls_;
  std::array<char, kBuffer> buffer_{};
  SlotRing ring_;
  Progress progress_;
  int epoll_;
};

}  // namespace webhook::load
