#include "trace/otlp_exporter.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <future>
#include <utility>

#include "http/client.h"
#include "log/log.h"
#include "metrics/families.h"
#include "runtime/event_loop.h"
#include "trace/exporter.h"

namespace webhook::trace {
namespace {

constexpr std::chrono::milliseconds kPeriod{1'000};
constexpr std::chrono::milliseconds kTimeout{5'000};
constexpr char kPath[] = "/v1/traces";

std::string HostName() {
  std::array<char, 256> name{};
  return gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "";
}

Result<http::EndpointUrl> TracesUrl(std::string endpoint, const std::string& pointer) {
  const bool query = endpoint.find('?') != std::string::npos;
  while (endpoint.ends_with('/')) endpoint.pop_back();
  auto url = http::ParseEndpointUrl(endpoint + kPath, pointer);
  if (url && !query) return url;
  return InvalidError({{pointer, "url_invalid",
                        "must be http:// or https:// with a host, perhaps a port and a path, and no more: " +
                            std::string(kPath) + " is put behind it"}});
}

// The operator's own collector: any address is good.
http::ClientOptions CollectorClient() {
  http::ClientOptions options;
  options.guard.allow_http = true;
  for (const char* all : {"0.0.0.0/0", "::/0"}) options.guard.allowed.push_back(*http::Cidr::Parse(all));
  options.connect_timeout = kTimeout;
  options.max_timeout = kTimeout;
  options.max_connections = 1;
  options.max_idle_per_endpoint = 1;
  return options;
}

}  // namespace

Status CheckEndpoint(const std::string& endpoint, const std::string& pointer) {
  return WithoutValue(TracesUrl(endpoint, pointer));
}

struct OtlpExporter::State : CollectorPort {
  State(const ExportSettings& settings, const std::string& service, metrics::Registry& registry)
      : exporter({*this,
                  {service, WEBHOOK_VERSION, HostName()},
                  registry.Make(metrics::kTraceSpans, {{"result", "exported"}}),
                  registry.Make(metrics::kTraceSpans, {{"result", "dropped"}}),
                  [this] { loop.Post([this] { exporter.Flush(); }); },
                  [this](const Status& status) { TellChange(status); }},
                 Exporter::Limits()),
        tracing{exporter, settings.sample_ratio} {}
  ~State() override {
    loop.Stop();
    client.reset();  // before the loop that its sockets live on
  }

  void Send(std::string body, std::function<void(Status)> done) override;
  void TellChange(const Status& status) const;

  Exporter exporter;
  const Tracing tracing;
  http::EndpointUrl url;
  std::unique_ptr<http::Client> client;
  runtime::EventLoop loop{"traces"};
};

void OtlpExporter::State::Send(std::string body, std::function<void(Status)> done) {
  http::EgressRequest request;
  request.url = std::make_shared<const http::EndpointUrl>(url);
  request.headers =
      "Content-Type: application/json\r\n"
      "User-Agent: webhook-platform/" WEBHOOK_VERSION "\r\n";
  request.body = std::make_shared<const std::string>(std::move(body));
  request.timeout = kTimeout;
  client->Send(std::move(request), [done = std::move(done)](const HttpResult& result) {
    if (result.status >= 200 && result.status < 300) return done(Ok());
    done(Error{ErrorCode::kUnavailable, "collector_failed",
               result.status == 0 ? result.detail : "it answered " + std::to_string(result.status)});
  });
}

void OtlpExporter::State::TellChange(const Status& status) const {
  if (status) return log::Info("traces.resumed", {{"endpoint", url.HostHeader()}});
  log::Warn("traces.dropped", {{"endpoint", url.HostHeader()}, {"error", status.error().message}});
}

OtlpExporter::OtlpExporter(std::unique_ptr<State> state) : state_(std::move(state)) {}

OtlpExporter::~OtlpExporter() = default;

Result<std::unique_ptr<OtlpExporter>> OtlpExporter::Start(const ExportSettings& settings,
                                                          const std::string& service,
                                                          metrics::Registry& registry) {
  if (settings.endpoint.empty()) return std::unique_ptr<OtlpExporter>();
  auto url = TracesUrl(settings.endpoint, "otlp-endpoint");
  if (!url) return url.error();
  auto state = std::make_unique<State>(settings, service, registry);
  state->url = std::move(*url);
  auto client = http::Client::Create(state->loop, CollectorClient());
  if (!client) return client.error();
  state->client = std::move(*client);
  state->loop.Every(kPeriod, [raw = state.get()] { raw->exporter.Flush(); });
  return std::unique_ptr<OtlpExporter>(new OtlpExporter(std::move(state)));
}

const Tracing& OtlpExporter::tracing() const {
  return state_->tracing;
}

void OtlpExporter::Drain(std::chrono::milliseconds longest) {
  const auto flushed = std::make_shared<std::promise<void>>();
  state_->loop.Post([this, flushed] { state_->exporter.Close([flushed] { flushed->set_value(); }); });
  flushed->get_future().wait_for(std::min(longest, kTimeout));
  state_->loop.Stop();
  state_->exporter.DropRest();
}

}  // namespace webhook::trace
