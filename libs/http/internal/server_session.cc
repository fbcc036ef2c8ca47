#include "http/internal/server_session.h"

#include <algorithm>
#include <boost/asio/write.hpp>
#include <nlohmann/json.hpp>
#include <string_view>
#include <utility>

#include "http/internal/request_text.h"
#include "log/log.h"
#include "runtime/clock.h"

namespace webhook::http {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace bhttp = boost::beast::http;

constexpr std::size_t kReadChunk = 8 * 1024;
// After a refusal: so much of what is still coming is read and thrown away, at most this long.
constexpr std::size_t kLingerBytes = 4u << 20;
constexpr std::chrono::seconds kLinger{2};
constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

std::string View(beast::string_view text) {
  return std::string(text.data(), text.size());
}

// Absolute form (RFC 9112 section 3.2.2): what a client sends that takes us for a proxy.
std::string_view WithoutAuthority(std::string_view target) {
  const std::size_t scheme = target.find("://");
  if (target.starts_with('/') || scheme == std::string_view::npos) return target;
  const std::size_t path = target.find_first_of("/?", scheme + 3);
  return path == std::string_view::npos ? "/" : target.substr(path);
}

Response Problem(int status, const char* code, const std::string& detail) {
  nlohmann::ordered_json problem;
  problem["type"] = "about:blank";
  problem["title"] = View(bhttp::obsolete_reason(bhttp::int_to_status(static_cast<unsigned>(status))));
  problem["status"] = status;
  problem["code"] = code;
  problem["detail"] = detail;
  Response response;
  response.status = status;
  response.content_type = "application/problem+json";
  response.body = problem.dump();
  return response;
}

}  // namespace

ServerSession::ServerSession(asio::ip::tcp::socket socket, runtime::EventLoop& loop,
                             std::shared_ptr<ServerCore> core)
    : stream_(std::move(socket)),
      read_timer_(loop.context()),
      loop_(loop),
      core_(std::move(core)),
      buffer_(core_->options.max_header_bytes + kReadChunk) {
  boost::system::error_code error;
  const auto remote = stream_.socket().remote_endpoint(error);
  if (!error) remote_address_ = remote.address().to_string();
  stream_.socket().set_option(asio::ip::tcp::no_delay(true), error);
}

void ServerSession::BeginStop() {
  keep_alive_ = false;
  if (!busy_) Close();
}

void ServerSession::Close() {
  read_timer_.cancel();
  boost::system::error_code ignored;
  stream_.socket().shutdown(asio::ip::tcp::socket::shutdown_both, ignored);
  stream_.close();
  core_->sessions.erase(shared_from_this());
}

void ServerSession::AwaitRequest() {
  busy_ = false;
  if (core_->stopping) return Close();
  waits_since_ = runtime::ReadClock().mono;
  parser_.emplace();
  parser_->header_limit(static_cast<std::uint32_t>(core_->options.max_header_bytes));
  parser_->body_limit(core_->options.max_body_bytes);
  if (buffer_.size() > 0) return ReadHeader();
  stream_.expires_after(core_->options.idle_timeout);
  stream_.async_read_some(buffer_.prepare(kReadChunk),
                          [self = shared_from_this()](const beast::error_code& error, std::size_t bytes) {
                            if (error) return self->Close();
                            self->buffer_.commit(bytes);
                            self->ReadHeader();
                          });
}

void ServerSession::ReadHeader() {
  busy_ = true;
  // A timer of our own: the stream's would close it before the 408 is said.
  stream_.expires_never();
  timed_out_ = false;
  read_timer_.expires_after(core_->options.read_timeout);
  // A timer that has rung cannot be called back: its request may be read by now.
  read_timer_.async_wait(
      [self = shared_from_this(), reading = ++reading_](const beast::error_code& cancelled) {
        if (cancelled || reading != self->reading_) return;
        self->timed_out_ = true;
        self->stream_.cancel();
      });
  bhttp::async_read_header(
      stream_, buffer_, *parser_,
      [self = shared_from_this()](const beast::error_code& error, std::size_t) { self->OnHeader(error); });
}

void ServerSession::OnHeader(const beast::error_code& error) {
  if (error) return OnReadFailed(error);
  const auto length = parser_->content_length();
  if (length && *length > core_->options.max_body_bytes) return OnReadFailed(bhttp::error::body_limit);
  const auto& fields = parser_->get();
  head_ = fields.method() == bhttp::verb::head;
  // RFC 9112 section 3.2.
  if (fields.version() >= 11 && fields.count(bhttp::field::host) != 1) {
    EndReading();
    return Refuse(400, "bad_request", "send exactly one Host header");
  }
  // Who stands between might take its body for the next request (RFC 9112 sections 6.1 and 6.3).
  const auto codings = fields.count(bhttp::field::transfer_encoding);
  const bool chunked = codings == 1 && beast::iequals(fields[bhttp::field::transfer_encoding], "chunked");
  if (codings > 0 && (!chunked || fields.version() < 11)) {
    EndReading();
    return Refuse(400, "bad_request", "the only transfer encoding taken is chunked, in HTTP/1.1");
  }
  TakeHeaders();
  if (!beast::iequals(fields[bhttp::field::expect], "100-continue")) return ReadBody();
  asio::async_write(stream_, asio::buffer(kContinue),
                    [self = shared_from_this()](const beast::error_code& failed, std::size_t) {
                      if (failed) return self->Close();
                      self->ReadBody();
                    });
}

void ServerSession::ReadBody() {
  bhttp::async_read(stream_, buffer_, *parser_,
                    [self = shared_from_this()](const beast::error_code& error, std::size_t) {
                      if (error) return self->OnReadFailed(error);
                      self->OnRequest();
                    });
}

void ServerSession::EndReading() {
  ++reading_;
  waits_since_.reset();
  read_timer_.cancel();
}

void ServerSession::OnReadFailed(const beast::error_code& error) {
  EndReading();
  if (timed_out_) return Refuse(408, "request_too_slow", "the request did not arrive in time");
  if (error == bhttp::error::body_limit) {
    return Refuse(413, "body_too_large",
                  "the body may have " + std::to_string(core_->options.max_body_bytes) + " bytes");
  }
  if (error == bhttp::error::header_limit || error == bhttp::error::buffer_overflow) {
    return Refuse(431, "headers_too_large",
                  "the headers may have " + std::to_string(core_->options.max_header_bytes) +
                      " bytes, and so may chunk extensions and trailers");
  }
  if (error.category() == bhttp::make_error_code(bhttp::error::bad_method).category() &&
      error != bhttp::error::end_of_stream && error != bhttp::error::partial_message) {
    return Refuse(400, "bad_request", "this is not HTTP/1.1: " + error.message());
  }
  Close();
}

void ServerSession::TakeHeaders() {
  headers_.clear();
  for (const auto& field : parser_->get()) {
    std::string name = View(field.name_string());
    std::transform(name.begin(), name.end(), name.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    headers_.emplace_back(std::move(name), View(field.value()));
  }
}

std::optional<Request> ServerSession::TakeRequest() {
  auto& message = parser_->get();
  Request request;
  request.method = View(message.method_string());
  if (head_) request.method = "GET";
  request.target = View(message.target());
  const std::string_view target = WithoutAuthority(request.target);
  const std::size_t mark = std::min(target.find('?'), target.size());
  auto path = PercentDecode(target.substr(0, mark), false);
  auto query = ParseQuery(target.substr(std::min(mark + 1, target.size())));
  if (!path || !query) return std::nullopt;
  request.path = std::move(*path);
  request.query = std::move(*query);
  request.headers = std::exchange(headers_, {});
  request.body = std::move(message.body());
  request.remote_address = remote_address_;
  return request;
}

void ServerSession::OnRequest() {
  EndReading();
  keep_alive_ = parser_->get().keep_alive() && !core_->stopping;
  auto taken = TakeRequest();
  if (!taken)
    return Refuse(
        400, "bad_target",
        "the target's escapes are broken, or stand for what is no UTF-8 text or a control character");
  const bool accepted =
      core_->pool->TryRun([self = shared_from_this(), request = std::move(*taken)]() mutable {
        Response response;
        try {
          response = self->core_->handler(request);
        } catch (const std::exception& error) {
          log::Error("http.handler_failed", {{"error", error.what()}});
          response = self->Refusal(request, 500, "internal", "an error of ours; try again later");
        }
        runtime::EventLoop& loop = self->loop_;
        loop.Post([self = std::move(self), response = std::move(response)]() mutable {
          self->OnHandled(std::move(response));
        });
      });
  if (!accepted) {
    Response busy = Refusal({}, 503, "overloaded", "too many requests at once; try again");
    busy.headers.emplace_back("Retry-After", "1");
    Write(std::move(busy), false);
  }
}

void ServerSession::OnHandled(Response response) {
  if (response.delay.count() < 0) return HoldUntilPeerGoes();
  if (response.delay.count() > 0) {
    const auto delay = response.delay;
    loop_.PostAfter(delay, [self = shared_from_this(), response = std::move(response)]() mutable {
      self->Write(std::move(response), false);
    });
    return;
  }
  Write(std::move(response), false);
}

void ServerSession::HoldUntilPeerGoes() {
  buffer_.clear();
  stream_.expires_never();
  stream_.async_read_some(buffer_.prepare(kReadChunk),
                          [self = shared_from_this()](const beast::error_code& error, std::size_t) {
                            if (error) return self->Close();
                            self->HoldUntilPeerGoes();
                          });
}

// A close with bytes unread would reset the connection, and the client might lose the answer (RFC 9112
// section 9.6).
void ServerSession::BeginLinger() {
  boost::system::error_code ignored;
  stream_.socket().shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
  buffer_.clear();
  stream_.expires_after(kLinger);
  Linger(kLingerBytes);
}

void ServerSession::Linger(std::size_t bytes) {
  stream_.async_read_some(buffer_.prepare(kReadChunk), [self = shared_from_this(), bytes](
                                                           const beast::error_code& error, std::size_t got) {
    if (error || got >= bytes) return self->Close();
    self->Linger(bytes - got);
  });
}

Response ServerSession::Refusal(const Request& so_far, int status, const char* code,
                                const std::string& detail) const {
  const auto& refuse = core_->options.refuse;
  return refuse ? refuse(so_far, status, code, detail) : Problem(status, code, detail);
}

void ServerSession::Refuse(int status, const char* code, const std::string& detail) {
  Request so_far;
  so_far.headers = std::exchange(headers_, {});
  Write(Refusal(so_far, status, code, detail), true);
}

void ServerSession::Write(Response response, bool close) {
  if (response.status < 200 || response.status > 599)
    response = Refusal({}, 500, "internal", "an answer without a status that exists");
  keep_alive_ = keep_alive_ && !close && !core_->stopping;
  answer_ = Answer(bhttp::int_to_status(static_cast<unsigned>(response.status)), 11);
  answer_.result(static_cast<unsigned>(response.status));
  if (!response.content_type.empty() && (!response.body.empty() || head_))
    answer_.set(bhttp::field::content_type, response.content_type);
  for (const auto& [name, value] : response.headers) answer_.insert(name, value);
  answer_.keep_alive(keep_alive_);
  const std::size_t length = response.body.size();
  answer_.body() = std::move(response.body);
  if (response.status >= 200 && response.status != 204) answer_.content_length(length);
  serializer_.emplace(answer_);
  waits_since_ = runtime::ReadClock().mono;
  stream_.expires_after(core_->options.write_timeout);
  auto written = [self = shared_from_this(), close](const beast::error_code& error, std::size_t) {
    if (!error && close) return self->BeginLinger();
    if (error || !self->keep_alive_) return self->Close();
    self->AwaitRequest();
  };
  const bool without_body = std::exchange(head_, false) || response.status == 204 || response.status == 304;
  if (without_body) {
    bhttp::async_write_header(stream_, *serializer_, std::move(written));
  } else {
    bhttp::async_write(stream_, *serializer_, std::move(written));
  }
}

}  // namespace webhook::http
