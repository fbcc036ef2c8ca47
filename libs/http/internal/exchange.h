#pragma once

#include <array>
#include <boost/beast/http.hpp>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <memory_resource>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/fair_line.h"
#include "core/places.h"
#include "core/recycler.h"
#include "http/client.h"
#include "http/internal/connection.h"
#include "http/internal/connection_pool.h"
#include "http/internal/deadline_wheel.h"
#include "http/internal/poller.h"
#include "http/internal/resolver.h"
#include "http/internal/tls_context.h"

namespace webhook::http {

class Exchange;
// An IP address and a port: what a connection is dialled to. Many origins (scheme, host and port of a URL)
// may lead to one, and one origin to many.
using Address = boost::asio::ip::tcp::endpoint;

struct AddressHash {
  std::size_t operator()(const Address& address) const noexcept {
    return std::hash<std::string_view>{}({reinterpret_cast<const char*>(address.data()), address.size()});
  }
};

// What the exchanges of one client share. On the loop's thread only.
struct ClientCore {
  ClientCore(runtime::EventLoop& event_loop, const ClientOptions& client_options)
      : loop(event_loop),
        options(client_options),
        resolver(event_loop),
        poller(event_loop),
        pool(client_options.max_connections, client_options.max_idle_per_endpoint),
        places(client_options.max_busy_per_address) {}

  runtime::EventLoop& loop;
  ClientOptions options;
  Resolver resolver;
  Poller poller;
  DeadlineWheel deadlines;
  std::unique_ptr<TlsContext> tls;
  ConnectionPool pool;  // by the origin of one sender
  Recycler<Exchange> exchanges;
  std::vector<std::shared_ptr<Exchange>> under_way;  // all that have begun and are not over
  std::deque<std::shared_ptr<Exchange>> waiting;     // for a place in the pool
  // Requests under way to each address: many names may lead to one machine.
  Places<Address, AddressHash> places;
  // Who waits for one, by sender; only addresses where somebody waits. Who is over may still stand there.
  std::unordered_map<Address, FairLine<AccountId, std::weak_ptr<Exchange>>, AddressHash> lines;
  const std::shared_ptr<char> alive = std::make_shared<char>();  // what the loop still holds asks for it
};

// One request and its answer: place, name, vetted address, connect, TLS, write, read. Ends exactly once, by
// its deadline, or up to 20 ms later as ticks and timers are; what comes later is ignored.
class Exchange final : public std::enable_shared_from_this<Exchange>,
                       private Poller::Watcher,
                       private DeadlineWheel::Timed {
 public:
  Exchange(ClientCore& core, EgressRequest request, absl::AnyInvocable<void(HttpResult)> done);

  void Start();
  // A connection of the pool has become free: it is taken in the next turn of the loop. False: this exchange
  // is over already.
  bool OnConnectionFree();
  // The client goes: nothing is told any more, and nothing of the client's touched.
  void Abandon();

 private:
  using Error = boost::system::error_code;
  using FieldAllocator = std::pmr::polymorphic_allocator<char>;
  using Parser = boost::beast::http::response_parser<boost::beast::http::buffer_body, FieldAllocator>;
  // What its connection is at.
  enum class Step { kNone, kDialling, kHandshaking, kWriting, kReading };

  void OnReady(std::uint32_t events) override;
  void OnDue(MonoTime now) override;
  void TakeConnection();
  void ResolveHost();
  void OnResolved(const Resolver::Answer& answer);
  // Takes a place at the address, and gives back the one at another. False: none is free
  // there, or somebody is before it.
  bool EnterAddress(const Address& address);
  // Gives its place to the next in line.
  void LeaveAddress();
  // Without a connection; its turn begins it anew.
  void WaitForAddress(const Address& address);
  // A place at the address is this exchange's. False: it is over already.
  bool OnAddressFree(const Address& address);
  void Dial();
  void OnConnected(const Error& error);
  void Handshake();
  void ContinueHandshake();
  void SendRequest();
  std::size_t WholeSize() const { return head_.size() + request_.body->size(); }
  bool LeaseIsOver(MonoTime now) const { return request_.write_before && now >= request_.write_before(); }
  // Looks at the lease again when it would have run out.
  void WatchLease();
  void ContinueWriting();
  void ReadHead();
  // As far as what has come goes.
  void ContinueReading();
  // What the parser makes of what is there, and of what can be read now.
  Error Parse();
  void OnHead(const Error& error);
  void OnHeadFailed(const Error& error);
  void OnFinalHead();
  void OnBody(const Error& error);

  // The phase ends now that began when the one before it did.
  void EndPhase(std::chrono::microseconds* phase);
  // Ends the present stage where it lasts longer.
  void LimitStage(std::chrono::milliseconds limit, void (Exchange::*on_timeout)());
  void EndStage() { on_stage_end_ = nullptr; }
  void OnDialTimeout();
  void OnDnsTimeout() { Fail(NetFault::kDns, "DNS: no answer in time"); }
  void OnTlsTimeout();
  void OnDeadline();

  void Fail(NetFault fault, std::string detail);
  void FailOwn(std::string detail);
  void Finish(bool keep_connection);

  ClientCore& core_;
  EgressRequest request_;
  absl::AnyInvocable<void(HttpResult)> done_;
  std::string head_;
  std::size_t written_ = 0;  // of WholeSize()
  Now started_;
  MonoTime deadline_{};
  // The end of the present stage, and what then; null: it has none but the deadline.
  MonoTime stage_end_{};
  void (Exchange::*on_stage_end_)() = nullptr;
  MonoTime phase_began_{};
  HttpResult result_;
  std::unique_ptr<Connection> connection_;
  Step step_ = Step::kNone;
  std::vector<IpAddress> addresses_;
  std::optional<Address> entered_;  // where a place is held
  std::size_t next_address_ = 0;
  // Header lines of the answer, which are few and short mostly.
  std::array<std::byte, 1'024> field_room_;
  std::pmr::monotonic_buffer_resource fields_{field_room_.data(), field_room_.size()};
  std::optional<Parser> parser_;
  std::string body_;
  int interim_answers_ = 0;
  std::size_t index_ = 0;  // in under_way
  bool in_body_ = false;
  bool waits_for_connection_ = false;
  bool waits_for_address_ = false;
  bool finished_ = false;
};

}  // namespace webhook::http
