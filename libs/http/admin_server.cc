#include "http/admin_server.h"

#include <boost/asio/io_context.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <nlohmann/json.hpp>

#include "http/internal/process_metrics.h"
#include "http/internal/socket_address.h"

namespace webhook::http {
namespace {

namespace bhttp = boost::beast::http;

constexpr std::chrono::seconds kCheckTimeout{3};

Response Text(int status, std::string body) {
  Response response;
  response.status = status;
  response.content_type = "text/plain; version=0.0.4; charset=utf-8";
  response.body = std::move(body);
  return response;
}

std::string Lines(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += line + "\n";
  return text;
}

Response Answer(const Request& request, const std::string& service, const runtime::Health& health,
                const metrics::Registry& metrics, ProcessMetrics& process) {
  if (request.method != "GET") return Text(405, "GET only\n");
  if (request.path == "/metrics") {
    process.Tell();
    return Text(200, metrics.Render());
  }
  if (request.path == "/healthz") return Text(200, "ok\n");
  if (request.path == "/readyz")
    return health.ready() ? Text(200, "ok\n") : Text(503, Lines(health.problems()));
  if (request.path == "/startupz")
    return health.started() ? Text(200, "ok\n") : Text(503, Lines(health.problems()));
  if (request.path == "/buildz") {
    const nlohmann::ordered_json build = {{"service", service}, {"version", WEBHOOK_VERSION}};
    Response response = Text(200, build.dump() + "\n");
    response.content_type = "application/json";
    return response;
  }
  return Text(404, "try /metrics /healthz /readyz /startupz /buildz\n");
}

}  // namespace

Result<std::unique_ptr<Server>> StartAdminServer(const std::string& address, const std::string& service,
                                                 const runtime::Health& health, metrics::Registry& metrics) {
  ServerOptions options;
  options.address = address;
  options.max_connections = 64;
  options.max_body_bytes = 1024;
  options.handler_threads = 2;
  const auto process = std::make_shared<ProcessMetrics>(metrics);
  return Server::Start(options, [service, &health, &metrics, process](const Request& request) {
    return Answer(request, service, health, metrics, *process);
  });
}

Status CheckReady(const std::string& address) {
  auto endpoint = ParseSocketAddress(address);
  if (!endpoint) return endpoint.error();
  if (endpoint->address().is_unspecified()) {
    if (endpoint->address().is_v4()) endpoint->address(boost::asio::ip::address_v4::loopback());
    if (endpoint->address().is_v6()) endpoint->address(boost::asio::ip::address_v6::loopback());
  }
  boost::asio::io_context context;
  boost::beast::tcp_stream stream(context);
  boost::beast::flat_buffer buffer;
  bhttp::request<bhttp::empty_body> request(bhttp::verb::get, "/readyz", 11);
  request.set(bhttp::field::host, address);
  bhttp::response<bhttp::string_body> response;
  boost::system::error_code failed;
  // Asynchronous throughout: only so does the stream keep its time-out.
  stream.expires_after(kCheckTimeout);
  stream.async_connect(*endpoint, [&](const boost::system::error_code& connected) {
    if ((failed = connected)) return;
    bhttp::async_write(stream, request, [&](const boost::system::error_code& written, std::size_t) {
      if ((failed = written)) return;
      bhttp::async_read(stream, buffer, response,
                        [&](const boost::system::error_code& read, std::size_t) { failed = read; });
    });
  });
  context.run();
  if (failed)
    return Error{ErrorCode::kUnavailable, "no_answer", address + " does not answer: " + failed.message()};
  if (response.result_int() != 200) return Error{ErrorCode::kUnavailable, "not_ready", response.body()};
  return Ok();
}

}  // namespace webhook::http
