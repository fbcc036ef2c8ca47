#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/result.h"
#include "runtime/event_loop.h"
#include "runtime/worker_pool.h"

namespace webhook::http {

struct Request;
struct Response;

struct ServerOptions {
  std::string address;  // host:port; port 0: any free one
  // One more closes the one that has kept us waiting longest for its request; where all are being answered,
  // it is closed itself.
  std::size_t max_connections = 1'000;
  std::size_t max_header_bytes = 16 * 1024;        // 431; so much again may be chunk extensions and trailers
  std::size_t max_body_bytes = 256 * 1024;         // 413, chunked bodies too
  std::chrono::milliseconds read_timeout{10'000};  // one whole request; slow senders get 408
  std::chrono::milliseconds write_timeout{10'000};
  std::chrono::milliseconds idle_timeout{60'000};  // between requests of one connection
  std::size_t handler_threads = 8;
  std::size_t max_waiting = 256;  // requests waiting for a handler thread; more get 503
  // Says an error of the server's own in the service's way; of the request there is what was read. On the
  // loop or a handler thread: must not block. Empty: a problem with type, title, status, code and detail.
  std::function<Response(const Request& so_far, int status, const std::string& code,
                         const std::string& detail)>
      refuse;
};

struct Request {
  std::string method;  // "GET"
  std::string target;  // as received: path and query
  std::string path;    // before '?', percent-decoded: UTF-8 without control characters
  std::vector<std::pair<std::string, std::string>> query;  // decoded, in order
  // Names in lower case, in order. No trailers: they come after what was checked (RFC 9110 section 6.5.1).
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  std::string remote_address;

  // First value; empty view: absent.
  std::string_view Header(std::string_view lower_case_name) const;
  std::size_t CountHeader(std::string_view lower_case_name) const;
};

struct Response {
  int status = 200;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  std::string content_type = "application/json";
  // For tests of endpoints: wait before answering; negative: never answer (the connection is held until the
  // peer goes).
  std::chrono::milliseconds delay{0};
};

// HTTP/1.1 server with bounds on everything a client can make grow. The handler runs on a pool of handler
// threads, so it may block; an exception that leaves it is a 500. Errors of the server itself (400, 408, 413,
// 431, 500, 503) are application/problem+json; a target whose escapes are broken or stand for no text is one
// of them. HEAD is served as GET without the body.
class Server {
 public:
  using Handler = std::function<Response(const Request&)>;

  // Listens at once; kUnavailable where the address is taken.
  static Result<std::unique_ptr<Server>> Start(const ServerOptions& options, Handler handler);
  virtual ~Server() = default;  // Stop(0)

  // The bound address, "127.0.0.1:43211".
  virtual std::string address() const = 0;
  // No new connections; running requests are finished, at most this long. Idempotent.
  virtual void Stop(std::chrono::milliseconds grace) = 0;
};

}  // namespace webhook::http
