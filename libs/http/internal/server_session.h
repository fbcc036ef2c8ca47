#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "core/time.h"
#include "http/server.h"
#include "runtime/event_loop.h"
#include "runtime/worker_pool.h"

namespace webhook::http {

class ServerSession;

// What the sessions of one server share. On the loop's thread only, but for `handler` and `pool`.
struct ServerCore {
  ServerOptions options;
  Server::Handler handler;
  std::unique_ptr<runtime::WorkerPool> pool;
  std::set<std::shared_ptr<ServerSession>> sessions;
  bool stopping = false;
};

// One connection: reads a request, gives it to the pool, writes the answer, and again.
class ServerSession : public std::enable_shared_from_this<ServerSession> {
 public:
  ServerSession(boost::asio::ip::tcp::socket socket, runtime::EventLoop& loop,
                std::shared_ptr<ServerCore> core);

  void Start() { AwaitRequest(); }
  // The server stops: an idle connection is closed now, a busy one after its answer.
  void BeginStop();
  void Close();
  // Since when it waits for its client: for a request, the rest of one, or that an answer is taken; nullopt:
  // the answer is being made.
  std::optional<MonoTime> waits_since() const { return waits_since_; }

 private:
  using Parser = boost::beast::http::request_parser<boost::beast::http::string_body>;
  using Answer = boost::beast::http::response<boost::beast::http::string_body>;

  void AwaitRequest();
  void ReadHeader();
  void OnHeader(const boost::beast::error_code& error);
  void ReadBody();
  void EndReading();
  void OnReadFailed(const boost::beast::error_code& error);
  void OnRequest();
  void TakeHeaders();
  // nullopt: its target cannot be decoded.
  std::optional<Request> TakeRequest();
  void OnHandled(Response response);
  void HoldUntilPeerGoes();
  void BeginLinger();
  void Linger(std::size_t bytes);
  Response Refusal(const Request& so_far, int status, const char* code, const std::string& detail) const;
  void Refuse(int status, const char* code, const std::string& detail);
  void Write(Response response, bool close);

  boost::beast::tcp_stream stream_;
  boost::asio::steady_timer read_timer_;
  runtime::EventLoop& loop_;
  std::shared_ptr<ServerCore> core_;
  boost::beast::flat_buffer buffer_;
  std::optional<Parser> parser_;
  Answer answer_;
  std::optional<boost::beast::http::response_serializer<boost::beast::http::string_body>> serializer_;
  std::vector<std::pair<std::string, std::string>> headers_;  // of the request
  std::string remote_address_;
  std::optional<MonoTime> waits_since_;
  std::uint64_t reading_ = 0;  // changes where a request's reading begins or ends
  bool busy_ = false;
  bool timed_out_ = false;
  bool head_ = false;
  bool keep_alive_ = false;
};

}  // namespace webhook::http
