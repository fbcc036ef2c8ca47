#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/result.h"
#include "tests/load/histogram.h"
#include "tests/load/sink/tls_peers.h"

namespace webhook::load {

// Endpoints that cost little: one thread on epoll, answers of a line. Every address of the machine reaches
// it, so http://127.x.y.z:PORT/… is a host of its own for each x.y.z. The first letter of the path is how an
// endpoint behaves:
//   /o/…  200
//   /h/…  hangs while trouble is on, else 200
//   /f/…  500 while trouble is on, else 200
//   /c/…  200 with Connection: close; counted as /o/
//   GET  /_control/stats      what came since the last reset, JSON
//   POST /_control/reset      forgets it
//   POST /_control/trouble/on, /_control/trouble/off
// By TLS where it is asked to, with a certificate for each address. One thread.
class Sink {
 public:
  struct Ports {
    std::uint16_t plain = 0;
    std::uint16_t tls = 0;
    std::uint16_t tls_without_tickets = 0;  // no session can be resumed: each handshake is a full one
  };

  // Listens on all addresses; port 0: any. Where there is a `ca_file`: on two more ports by TLS, and clients
  // are to trust the certificate that it writes there.
  static Result<std::unique_ptr<Sink>> Listen(std::uint16_t port, const std::string& ca_file);
  ~Sink();

  const Ports& ports() const { return ports_; }
  // Serves until the process ends.
  void Run();

 private:
  struct Stats {
    std::uint64_t requests = 0;  // of healthy endpoints
    std::uint64_t troubled = 0;  // of the others
    std::int64_t first_us = 0;   // arrivals of healthy ones, since 1970
    std::int64_t last_us = 0;
    std::uint64_t connections = 0;  // accepted, those of /_control/ too
    Histogram latency;              // from sent_us, of healthy ones
  };

  // What it waits for; kind and descriptor fit into epoll's word, so that nothing is looked up.
  enum class Kind : std::uint32_t { kPlain, kTls, kListener, kTlsListener, kTlsListenerWithoutTickets };

  Sink() = default;
  Status Open(std::uint16_t port, Kind kind, std::uint16_t* opened);
  bool Watch(int fd, Kind kind) const;
  void OnEvent(int fd, Kind kind);
  void Accept(int listener, Kind kind);
  void OnReadable(int fd);
  void OnTlsReadable(int fd);
  // False: close.
  bool Take(int fd, std::string_view read, bool tls);
  // How much of `read` was answered; -1: close.
  std::ptrdiff_t Serve(int fd, std::string_view read, bool tls);
  std::string_view Answer(std::string_view target, std::string_view body);
  std::string_view Control(std::string_view command);
  void Note(std::string_view body);
  void Close(int fd);

  std::vector<int> listeners_;
  int epoll_ = -1;
  Ports ports_;
  std::unique_ptr<TlsPeers> tls_;  // null: none is asked for
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
