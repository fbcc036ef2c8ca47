#include "tests/load/egress/platform_sender.h"

#include <iostream>
#include <utility>

#include "runtime/clock.h"
#include "tests/load/egress/request.h"

namespace webhook::load {
namespace {

http::ClientOptions Options(const Scenario& scenario, const Target& target) {
  http::ClientOptions options;
  options.guard.allow_http = true;
  options.guard.allowed = {*http::Cidr::Parse("127.0.0.0/8")};
  options.max_connections = scenario.slots() + scenario.in_flight;
  options.max_idle_per_endpoint = scenario.per_host;
  options.max_busy_per_address = scenario.per_host;
  options.ca_file = target.ca_file;
  return options;
}

}  // namespace

PlatformSender::PlatformSender(const Scenario& scenario, const Target& target)
    : scenario_(scenario),
      target_(target),
      lease_(std::make_shared<const MonoTime>(runtime::ReadClock().mono + std::chrono::hours(1))),
      ring_(scenario.slots()),
      progress_(scenario) {
  const auto body = std::make_shared<const std::string>(RequestBody());
  ready_.resize(scenario.hosts);
  for (std::size_t host = 0; host < scenario.hosts; ++host) {
    ready_[host].url = std::make_shared<const http::EndpointUrl>(
        http::ParseEndpointUrl(RequestUrl(scenario, target, host), "/url").value());
    ready_[host].headers = RequestHeaders();
    ready_[host].body = body;
    ready_[host].sender = AccountId("account_" + std::to_string(host % 100));
  }
}

PlatformSender::~PlatformSender() {
  loop_.Stop();
  client_.reset();
}

Result<Progress> PlatformSender::Run() {
  auto client = http::Client::Create(loop_, Options(scenario_, target_));
  if (!client) return client.error();
  client_ = std::move(*client);
  loop_.Post([this] { SendMore(); });
  ended_.get_future().wait();
  return progress_;
}

void PlatformSender::SendMore() {
  while (progress_.StartNext()) Send(ring_.Take());
}

void PlatformSender::Send(std::uint32_t slot) {
  http::EgressRequest request = ready_[slot % scenario_.hosts];
  request.write_before = [lease = lease_, this] { return this->progress_.done() ? MonoTime::min() : *lease; };
  client_->Send(std::move(request), [this, slot](const HttpResult& result) {
    if (result.status != 200 && progress_.failed() == 0)
      std::cerr << "status " << result.status << " " << result.detail << "\n";
    ring_.Give(slot);
    progress_.Answered(result.status);
    if (progress_.done()) return ended_.set_value();
    SendMore();
  });
}

}  // namespace webhook::load
