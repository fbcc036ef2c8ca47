#include "http/internal/exchange.h"

#include <algorithm>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <cstdint>
#include <limits>
#include <tuple>
#include <utility>

#include "http/internal/retry_after.h"
#include "http/internal/socket_address.h"
#include "runtime/clock.h"

namespace webhook::http {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace bhttp = boost::beast::http;

constexpr std::size_t kMaxHeaderBytes = 16 * 1024;
constexpr std::ptrdiff_t kMaxHeaderLines = 100;
constexpr int kMaxInterimAnswers = 8;
constexpr std::size_t kMaxBodyBytes = 4 * 1024;
constexpr char kLeaseOver[] = "the partition's lease has run out, or the webhook was changed";
constexpr char kAddressBusy[] = "as many requests as one address may have are under way to it all the time";
constexpr std::size_t kMaxAddresses = 3;  // dialled one after the other

// In the memory of the header lines.
std::string RequestHead(EgressRequest& request) {
  thread_local std::string first;
  first.assign("POST ").append(request.url->target).append(" HTTP/1.1\r\nHost: ");
  first.append(request.url->HostHeader()).append("\r\n");
  std::string head = std::move(request.headers);
  head.insert(0, first);
  head.append("Content-Length: ").append(std::to_string(request.body->size())).append("\r\n\r\n");
  return head;
}

// What a kept connection is good for: one sender's requests to one origin. An answer too many, which nobody
// can tell from the answer to the next request, then meets a request of the same sender. The view is good
// until the next call.
std::string_view PoolKey(const EgressRequest& request) {
  thread_local std::string key;
  return key.assign(request.sender.view()).append(" ").append(request.url->Origin());
}

asio::ip::address ToAsio(const IpAddress& address) {
  if (!address.v6) {
    asio::ip::address_v4::bytes_type bytes;
    std::copy_n(address.bytes.begin(), 4, bytes.begin());
    return asio::ip::address_v4(bytes);
  }
  asio::ip::address_v6::bytes_type bytes;
  std::copy_n(address.bytes.begin(), 16, bytes.begin());
  return asio::ip::address_v6(bytes);
}

std::string Text(beast::string_view text) {
  return std::string(text.data(), text.size());
}

}  // namespace

Exchange::Exchange(ClientCore& core, EgressRequest request, absl::AnyInvocable<void(HttpResult)> done)
    : core_(core), request_(std::move(request)), done_(std::move(done)), head_(RequestHead(request_)) {}

void Exchange::Abandon() {
  finished_ = true;
  core_.deadlines.Disarm(*this);
  connection_.reset();
}

void Exchange::Start() {
  index_ = core_.under_way.size();
  core_.under_way.push_back(shared_from_this());
  started_ = runtime::ReadClock();
  deadline_ = started_.mono + std::min(request_.timeout, core_.options.max_timeout);
  core_.deadlines.Arm(*this, deadline_);
  // The operator may have forbidden since what was accepted when the webhook was made.
  if (const Status allowed = CheckUrl(*request_.url, core_.options.guard, "/url"); !allowed) {
    result_.blocked = true;
    result_.detail = "not sent: " + allowed.error().message;
    return Finish(false);
  }
  TakeConnection();
}

bool Exchange::OnConnectionFree() {
  if (finished_) return false;
  asio::post(core_.loop.context(), [self = shared_from_this(), alive = std::weak_ptr(core_.alive)] {
    if (alive.expired()) return;
    // Over meanwhile: the place is the next one's.
    if (self->finished_) return self->core_.pool.on_free();
    self->waits_for_connection_ = false;
    self->TakeConnection();
  });
  return true;
}

void Exchange::TakeConnection() {
  connection_ = core_.pool.TakeIdle(PoolKey(request_));
  if (connection_) {
    connection_->user = this;
    result_.remote_address = connection_->remote_address;
    const Address address = connection_->remote;
    if (EnterAddress(address)) return SendRequest();
    core_.pool.Keep(std::move(connection_), runtime::ReadClock().mono);
    return WaitForAddress(address);
  }
  if (!core_.pool.TryOpen()) {
    waits_for_connection_ = true;
    core_.waiting.push_back(shared_from_this());
    return;
  }
  connection_ = std::make_unique<Connection>(core_.poller, std::string(PoolKey(request_)));
  connection_->user = this;
  ResolveHost();
}

void Exchange::ResolveHost() {
  if (request_.url->host_is_ip) {
    Resolver::Answer literal;
    literal.addresses.push_back(*IpAddress::Parse(request_.url->host));
    return OnResolved(literal);
  }
  phase_began_ = runtime::ReadClock().mono;
  LimitStage(core_.options.connect_timeout, &Exchange::OnDnsTimeout);
  core_.resolver.Resolve(request_.url->host, [self = shared_from_this()](const Resolver::Answer& answer) {
    if (self->finished_) return;
    self->EndPhase(&self->result_.phases.dns);
    self->OnResolved(answer);
  });
}

void Exchange::OnResolved(const Resolver::Answer& answer) {
  if (answer.own_fault) return FailOwn("DNS: " + answer.error);
  if (answer.addresses.empty()) return Fail(NetFault::kDns, "DNS: " + answer.error);
  // One forbidden address refuses the name whole: a name that points inside is an attack or a mistake.
  for (const IpAddress& address : answer.addresses) {
    const std::string reason = ForbiddenReason(address, core_.options.guard);
    if (reason.empty()) continue;
    result_.blocked = true;
    result_.blocked_by_name = !request_.url->host_is_ip;
    result_.detail = "not sent: " + reason;
    return Finish(false);
  }
  addresses_ = answer.addresses;
  addresses_.resize(std::min(addresses_.size(), kMaxAddresses));
  next_address_ = 0;
  // The place that it has stood in line for is not given up for an address before it.
  const auto held = std::find_if(addresses_.begin(), addresses_.end(), [this](const IpAddress& address) {
    return Address{ToAsio(address), request_.url->port} == entered_;
  });
  if (held != addresses_.end()) std::rotate(addresses_.begin(), held, held + 1);
  Dial();
}

bool Exchange::EnterAddress(const Address& address) {
  if (entered_ == address) return true;
  LeaveAddress();
  if (core_.lines.contains(address) || !core_.places.Enter(address)) return false;
  entered_ = address;
  return true;
}

void Exchange::LeaveAddress() {
  if (!entered_) return;
  const Address address = *std::exchange(entered_, std::nullopt);
  core_.places.Leave(address);
  const auto line = core_.lines.find(address);
  if (line == core_.lines.end()) return;
  for (bool given = false; !given && !line->second.empty();) {
    const std::shared_ptr<Exchange> next = line->second.Pop().lock();
    given = next && next->OnAddressFree(address);
  }
  if (line->second.empty()) core_.lines.erase(line);
}

void Exchange::WaitForAddress(const Address& address) {
  EndStage();
  waits_for_address_ = true;
  core_.lines[address].Push(request_.sender, weak_from_this());
  result_.remote_address.clear();
}

bool Exchange::OnAddressFree(const Address& address) {
  if (finished_) return false;
  if (!core_.places.Enter(address)) return false;
  entered_ = address;
  asio::post(core_.loop.context(), [self = shared_from_this()] {
    if (self->finished_) return;
    self->waits_for_address_ = false;
    self->TakeConnection();
  });
  return true;
}

void Exchange::Dial() {
  const Address endpoint(ToAsio(addresses_[next_address_++]), request_.url->port);
  connection_->remote = endpoint;
  result_.remote_address = connection_->remote_address = ShortText(ToText(endpoint));
  if (!EnterAddress(endpoint)) {
    core_.pool.Closed(std::move(connection_));
    return WaitForAddress(endpoint);
  }
  phase_began_ = runtime::ReadClock().mono;
  LimitStage(core_.options.connect_timeout / static_cast<int>(addresses_.size()), &Exchange::OnDialTimeout);
  step_ = Step::kDialling;
  // A machine without IPv6 is no reason to keep trying an endpoint that has nothing else.
  if (const Error error = connection_->Dial(endpoint)) OnConnected(error);
}

void Exchange::OnReady(std::uint32_t events) {
  const auto self = shared_from_this();
  switch (step_) {
    case Step::kNone:
      return;
    case Step::kDialling: {
      const Error result = connection_->DialResult(events);
      return result == asio::error::would_block ? void() : OnConnected(result);
    }
    case Step::kHandshaking:
      return ContinueHandshake();
    case Step::kWriting:
      return ContinueWriting();
    case Step::kReading:
      return connection_->MayRead() ? ContinueReading() : void();
  }
}

void Exchange::OnDialTimeout() {
  connection_->Close();
  if (next_address_ < addresses_.size()) return Dial();
  Fail(NetFault::kTimeoutConnect, "connect to " + result_.remote_address.str() + ": no answer in time");
}

void Exchange::OnConnected(const Error& error) {
  if (error) {
    connection_->Close();
    if (IsOwnFault(error, addresses_[next_address_ - 1].v6)) return FailOwn("connect: " + error.message());
    if (next_address_ < addresses_.size()) return Dial();
    return Fail(NetFault::kConnect, "connect to " + result_.remote_address.str() + ": " + error.message());
  }
  EndPhase(&result_.phases.connect);
  if (request_.url->tls) return Handshake();
  EndStage();
  SendRequest();
}

void Exchange::Handshake() {
  if (Status wrapped = core_.tls->Wrap(*connection_, *request_.url); !wrapped)
    return FailOwn(wrapped.error().message);
  LimitStage(core_.options.connect_timeout, &Exchange::OnTlsTimeout);
  step_ = Step::kHandshaking;
  ContinueHandshake();
}

void Exchange::ContinueHandshake() {
  const Error error = connection_->Handshake();
  if (error == asio::error::would_block) return;
  EndStage();
  EndPhase(&result_.phases.tls);
  if (error) return Fail(NetFault::kTls, TlsContext::DescribeFailure(*connection_, error));
  SendRequest();
}

void Exchange::OnTlsTimeout() {
  Fail(NetFault::kTimeoutTls, "TLS: the handshake did not end in time");
}

void Exchange::WatchLease() {
  if (!request_.write_before) return;
  const MonoTime now = runtime::ReadClock().mono;
  const MonoTime lease_end = request_.write_before();
  if (now >= lease_end) return FailOwn(kLeaseOver);
  const MonoTime end = std::min(lease_end, now + core_.options.max_timeout);
  LimitStage(std::chrono::floor<std::chrono::milliseconds>(end - now), &Exchange::WatchLease);
}

void Exchange::SendRequest() {
  step_ = Step::kWriting;
  ContinueWriting();
}

void Exchange::ContinueWriting() {
  const std::size_t whole = WholeSize();
  bool failed = false;
  while (!failed && written_ < whole) {
    // Asked before each piece: the timer does not count a suspension of the machine.
    const Now now = runtime::ReadClock();
    if (LeaseIsOver(now.mono)) return FailOwn(kLeaseOver);
    if (!result_.written_at) {
      result_.written_at = now.wall;
      phase_began_ = now.mono;
    }
    std::size_t written = 0;
    const Error error = connection_->Write(head_, *request_.body, written_, &written);
    written_ += written;
    if (error == asio::error::would_block) return WatchLease();
    failed = static_cast<bool>(error);
  }
  EndStage();
  ReadHead();
  // A failed write is told by the read: an endpoint may refuse a request before it has read it all.
  if (failed || connection_->MayRead()) ContinueReading();
}

void Exchange::ReadHead() {
  step_ = Step::kReading;
  parser_.reset();
  fields_.release();
  parser_.emplace(std::piecewise_construct, std::tuple<>(), std::forward_as_tuple(FieldAllocator(&fields_)));
  parser_->header_limit(kMaxHeaderBytes);
  // Not boost::none: this Beast takes that for a limit of nothing.
  parser_->body_limit(std::numeric_limits<std::uint64_t>::max());
}

Exchange::Error Exchange::Parse() {
  for (;;) {
    if (connection_->buffer.size() > 0) {
      Error error;
      connection_->buffer.consume(parser_->put(connection_->buffer.data(), error));
      if (error != bhttp::error::need_more) return error;
    }
    Error error = connection_->ReadMore();
    if (!error) continue;
    if (error != asio::error::eof) return error;
    if (!parser_->got_some()) return bhttp::error::end_of_stream;
    error = {};
    parser_->put_eof(error);
    return error;
  }
}

void Exchange::ContinueReading() {
  while (!finished_) {
    const Error error = Parse();
    if (error == asio::error::would_block) return;
    if (in_body_) {
      OnBody(error);
    } else if (error || parser_->is_header_done()) {
      OnHead(error);
    }
  }
}

void Exchange::OnHeadFailed(const Error& error) {
  if (error == boost::system::errc::protocol_error)
    return Fail(NetFault::kTls, TlsContext::DescribeFailure(*connection_, error));
  const bool silent = !parser_->got_some() && connection_->buffer.size() == 0 && interim_answers_ == 0;
  if (silent && connection_->reused) {
    core_.pool.Distrust(PoolKey(request_), runtime::ReadClock().mono);
    result_.stale_connection = true;
    return FailOwn("a kept connection turned out to be closed");
  }
  if (silent && error.category() != bhttp::make_error_code(bhttp::error::bad_version).category())
    return Fail(NetFault::kProtocol, "the connection was closed without an answer: " + error.message());
  if (error == bhttp::error::end_of_stream)
    return Fail(NetFault::kProtocol, "the connection was closed without an answer");
  Fail(NetFault::kProtocol, "the answer is not HTTP/1.1: " + error.message());
}

void Exchange::OnHead(const Error& error) {
  if (error) return OnHeadFailed(error);
  EndPhase(&result_.phases.answer);
  const unsigned status = parser_->get().result_int();
  if (status < 100 || status > 599)
    return Fail(NetFault::kProtocol, "the answer's status is " + std::to_string(status));
  if (status < 200 && status != 101) {
    if (++interim_answers_ > kMaxInterimAnswers) return Fail(NetFault::kProtocol, "too many interim answers");
    return ReadHead();
  }
  OnFinalHead();
}

void Exchange::OnFinalHead() {
  const auto& message = parser_->get();
  if (std::distance(message.begin(), message.end()) > kMaxHeaderLines)
    return Fail(NetFault::kProtocol, "the answer has more than 100 header lines");
  result_.status = static_cast<int>(message.result_int());
  std::size_t size = 0;
  for (const auto& field : message) size += field.name_string().size() + field.value().size() + 3;
  result_.headers.reserve(size);
  for (const auto& field : message) {
    // Credentials of somebody else's are none of our log's business.
    if (field.name() == bhttp::field::set_cookie) continue;
    const beast::string_view name = field.name_string();
    const beast::string_view value = field.value();
    result_.headers.append(name.data(), name.size()).append(": ");
    result_.headers.append(value.data(), value.size()) += '\n';
  }
  if (result_.status == 429 || result_.status == 503)
    result_.retry_after =
        ParseRetryAfter(Text(message[bhttp::field::retry_after]), runtime::ReadClock().wall);
  if (parser_->is_done() || result_.status == 101) return Finish(result_.status != 101);
  body_.resize(static_cast<std::size_t>(
      std::min<std::uint64_t>(parser_->content_length().value_or(kMaxBodyBytes), kMaxBodyBytes)));
  result_.excerpt.clear();
  parser_->get().body().data = body_.data();
  parser_->get().body().size = body_.size();
  parser_->get().body().more = true;
  in_body_ = true;
}

void Exchange::OnBody(const Error& error) {
  const std::size_t filled = body_.size() - parser_->get().body().size;
  const bool full = filled == kMaxBodyBytes || error == bhttp::error::need_buffer;
  if (!error && !full && !parser_->is_done()) return;
  // The status decides; of a body that is long or cut off, the beginning is kept and the connection is not.
  body_.resize(filled);
  result_.excerpt = std::move(body_);
  Finish(!error && parser_->is_done());
}

void Exchange::EndPhase(std::chrono::microseconds* phase) {
  const MonoTime now = runtime::ReadClock().mono;
  *phase += now - phase_began_;
  phase_began_ = now;
}

void Exchange::LimitStage(std::chrono::milliseconds limit, void (Exchange::*on_timeout)()) {
  stage_end_ = runtime::ReadClock().mono + limit;
  on_stage_end_ = on_timeout;
  if (stage_end_ < due_at()) core_.deadlines.Arm(*this, stage_end_);
}

void Exchange::OnDue(MonoTime now) {
  const auto self = shared_from_this();
  if (now >= deadline_) return OnDeadline();
  if (on_stage_end_ != nullptr && now >= stage_end_) (this->*std::exchange(on_stage_end_, nullptr))();
  if (finished_) return;
  core_.deadlines.Arm(*this, on_stage_end_ != nullptr ? std::min(stage_end_, deadline_) : deadline_);
}

void Exchange::OnDeadline() {
  if (finished_) return;
  if (waits_for_connection_) return FailOwn("no connection became free in time");
  if (waits_for_address_) return FailOwn(kAddressBusy);
  // Also where the body came too slowly: the endpoint has not ended its answer.
  result_.status = 0;
  result_.headers.clear();
  result_.retry_after.reset();
  Fail(NetFault::kTimeoutResponse, "no complete answer in time");
}

void Exchange::Fail(NetFault fault, std::string detail) {
  result_.fault = fault;
  result_.detail = std::move(detail);
  Finish(false);
}

void Exchange::FailOwn(std::string detail) {
  result_.own_fault = true;
  result_.detail = std::move(detail);
  Finish(false);
}

void Exchange::Finish(bool keep_connection) {
  if (std::exchange(finished_, true)) return;
  // Where the handshake did not end well, the session that it offered may be why.
  if (std::exchange(step_, Step::kNone) == Step::kHandshaking)
    core_.tls->ForgetSession(std::string(PoolKey(request_)));
  core_.deadlines.Disarm(*this);
  LeaveAddress();
  const Now now = runtime::ReadClock();
  if (connection_) {
    if (keep_connection && written_ == WholeSize() && parser_->keep_alive() && connection_->NothingUnread()) {
      core_.pool.Keep(std::move(connection_), now.mono);
    } else {
      core_.pool.Closed(std::move(connection_));
    }
  }
  result_.started_at = started_.wall;
  result_.duration = now.mono - started_.mono;
  if (result_.written_at) result_.request_head = std::move(head_);
  const auto self = std::move(core_.under_way[index_]);
  if (index_ + 1 < core_.under_way.size()) {
    core_.under_way[index_] = std::move(core_.under_way.back());
    core_.under_way[index_]->index_ = index_;
  }
  core_.under_way.pop_back();
  std::exchange(done_, nullptr)(std::move(result_));
}

}  // namespace webhook::http
