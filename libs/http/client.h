#pragma once

#include <absl/functional/any_invocable.h>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "core/time.h"
#include "domain/delivery.h"
#include "domain/ids.h"
#include "http/address_guard.h"
#include "runtime/event_loop.h"

namespace webhook::http {

// The worker's wiring.cc sets from its settings: guard, connect_timeout, max_connections,
// max_busy_per_address, max_timeout and ca_file; their defaults here are for tests.
struct ClientOptions {
  GuardPolicy guard;
  std::chrono::milliseconds connect_timeout{5'000};  // DNS, connect and TLS handshake each
  std::size_t max_connections = 4'000;               // open at once; more requests wait inside their deadline
  // Kept open for later, of one sender to one origin (scheme, host as the URL writes it, port).
  std::size_t max_idle_per_endpoint = 16;
  // Requests under way to one IP address and port, of all senders and by whatever names; more wait inside
  // their deadline, and their senders take turns.
  std::size_t max_busy_per_address = 64;
  std::chrono::milliseconds idle_timeout{30'000};
  std::chrono::milliseconds max_timeout{30'000};  // of one attempt, whatever its request says
  std::string ca_file;                            // empty: the system's store
};

// One POST to an endpoint, which is what its URL names. `write_before` bounds when it may be written, by its
// sender's lease, and ends where the sender would not send it any more: where the request is not written
// whole by then, the result is own_fault, and what the endpoint has of it is nothing or a part that its
// Content-Length shows to be one.
struct EgressRequest {
  std::shared_ptr<const EndpointUrl> url;  // REQUIRES: not null
  std::string headers;  // lines "Name: value\r\n", without Host, Content-Length, Connection
  std::shared_ptr<const std::string> body;  // REQUIRES: not null
  AccountId sender;  // on whose behalf: see max_busy_per_address; kept connections are one sender's
  std::chrono::milliseconds timeout{30'000};  // the whole attempt, body included; at most max_timeout
  // Asked on the loop, before each piece, and no more once `done` is called or dropped: nothing is written at
  // or after this time; empty: no bound.
  std::function<MonoTime()> write_before = {};
};

// Sends POSTs to endpoints of strangers: names resolved by us, every address vetted by the guard and the
// vetted one dialled, certificate and SNI checked against the name, no redirect followed, no proxy variable
// read, no cookie kept. Limits on an answer: 16 KiB of headers, 100 header lines, 8 interim (1xx) answers, 4
// KiB of body kept and the rest not read (the connection is then closed), 100 TLS messages that are no data.
// A kept connection that its peer has closed while it was idle is not used; where that shows only after the
// request was written (no byte of an answer came), the result is own_fault, so that a restarted endpoint
// costs no attempt, and the sender's connections to that origin are not kept for a minute. Nothing is ever
// written twice for one Send: whoever counts requests counts all. A TLS session is resumed for an hour after
// the handshake that verified its peer, and never after a failed one. Thread: all methods on the loop,
// callbacks there too. It goes on the loop, but not from within a `done`, or once the loop has stopped;
// callbacks that are due then are not called.
class Client {
 public:
  // kInvalid where ca_file cannot be read.
  static Result<std::unique_ptr<Client>> Create(runtime::EventLoop& loop, const ClientOptions& options);
  virtual ~Client() = default;

  // `done` is called exactly once, never inside Send, with an HttpResult (domain/delivery.h): by the
  // deadline, which is counted from the next turn of the loop, or up to 20 ms later, as ticks and timers are.
  virtual void Send(EgressRequest request, absl::AnyInvocable<void(HttpResult)> done) = 0;
};

}  // namespace webhook::http
