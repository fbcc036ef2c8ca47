#include <CLI/CLI.hpp>
#include <charconv>
#include <iostream>
#include <nlohmann/json.hpp>

#include "http/admin_server.h"
#include "http/server.h"
#include "log/log.h"
#include "runtime/clock.h"
#include "runtime/signals.h"
#include "tools/receiver/endpoint_book.h"

namespace {

using webhook::http::Request;
using webhook::http::Response;
using webhook::receiver::EndpointBook;

constexpr std::string_view kControl = "/_control/";
constexpr std::string_view kReady = "/readyz";
constexpr std::size_t kPage = 1'000;

Response Json(int status, const nlohmann::ordered_json& json) {
  Response response;
  response.status = status;
  response.body = json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
  return response;
}

std::int64_t Since(const Request& request) {
  std::int64_t since = 0;
  for (const auto& [name, value] : request.query) {
    if (name == "since") std::from_chars(value.data(), value.data() + value.size(), since);
  }
  return since;
}

Response Control(EndpointBook& book, const Request& request) {
  constexpr std::string_view kEndpoints = "endpoints/";
  constexpr std::string_view kRequests = "/requests";
  const std::string path = request.path.substr(kControl.size());
  if (path == "summary") return Json(200, book.Summary());
  if (path.rfind(kEndpoints, 0) != 0) return Json(404, {{"error", "try summary or endpoints/NAME"}});
  std::string name = path.substr(kEndpoints.size());
  if (name.ends_with(kRequests)) {
    name.resize(name.size() - kRequests.size());
    return Json(200, book.Requests(name, Since(request), kPage));
  }
  if (request.method == "DELETE") {
    book.Clear(name);
    return Json(200, {{"cleared", name}});
  }
  const webhook::Status configured = book.Configure(name, request.body);
  return configured ? Json(200, {{"configured", name}}) : Json(400, {{"error", configured.error().message}});
}

}  // namespace

int main(int argc, char** argv) {
  webhook::runtime::BlockSignals();
  std::string address = "127.0.0.1:0";
  bool healthcheck = false;
  CLI::App app(
      "webhook-receiver: an endpoint for trying things out. It checks signatures, notes what it receives, "
      "and fails on\n"
      "demand.\n\n"
      "  POST /NAME                                  a delivery to endpoint NAME; 200 unless told otherwise\n"
      "  PUT  /_control/endpoints/NAME               {\"secret\": …, \"responses\": [{\"status\": 500, "
      "\"times\": 2}]}\n"
      "  GET  /_control/endpoints/NAME/requests      what came; ?since=SEQ\n"
      "  DELETE /_control/endpoints/NAME             forget it\n"
      "  GET  /_control/summary                      counts of all endpoints\n"
      "  GET  /readyz                                200");
  app.add_option("--addr", address, "host:port to listen on; port 0: any");
  app.add_flag("--healthcheck", healthcheck,
               "ask the receiver of this address whether it answers; exit 0: it does");
  CLI11_PARSE(app, argc, argv);
  if (healthcheck) return webhook::http::CheckReady(address) ? 0 : 1;
  webhook::log::Configure("webhook-receiver", webhook::log::Level::kInfo);

  EndpointBook book;
  webhook::http::ServerOptions options;
  options.address = address;
  options.max_connections = 10'000;
  options.max_body_bytes = 4u << 20;
  auto server = webhook::http::Server::Start(options, [&book](const Request& request) {
    if (request.path.rfind(kControl, 0) == 0) return Control(book, request);
    if (request.method == "GET" && request.path == kReady) return Json(200, {{"ready", true}});
    const std::string name = request.path.empty() ? "" : request.path.substr(1);
    return book.Receive(name, request, webhook::runtime::ReadClock());
  });
  if (!server) {
    std::cerr << "error: " << server.error().message << "\n";
    return 1;
  }
  webhook::log::Info("listening", {{"name", "receiver"}, {"addr", (*server)->address()}});
  webhook::runtime::WaitForShutdown();
  (*server)->Stop(std::chrono::seconds(1));
  return 0;
}
