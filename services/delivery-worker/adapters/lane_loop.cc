#include "services/delivery-worker/adapters/lane_loop.h"

#include <algorithm>
#include <chrono>
#include <future>
#include <utility>

#include "log/log.h"
#include "runtime/clock.h"
#include "services/delivery-worker/adapters/partition_runner.h"

namespace webhook {
namespace {

// How exactly retries and limits are kept; a tick costs about a microsecond a partition.
constexpr std::chrono::milliseconds kTick{10};
constexpr std::chrono::milliseconds kCanaryTimeout{5'000};

}  // namespace

LaneLoop::LaneLoop(const std::string& name) : loop_(name) {
  loop_.Every(kTick, [this] { OnTick(); });
}

void LaneLoop::OnTick() {
  for (const auto& runner : runners_) runner->OnTick();
  if (!egress_) return;
  const MonoTime now = runtime::ReadClock().mono;
  admission_->SetShare(egress_->Share(now));
  if (egress_->BeginCanary(now)) AskCanary();
}

void LaneLoop::AskCanary() {
  http::EgressRequest request;
  request.url = std::make_shared<const http::EndpointUrl>(*options_.canary);
  request.headers = "User-Agent: Platform-Webhooks/1.0\r\n";
  request.body = std::make_shared<const std::string>();
  request.timeout = kCanaryTimeout;
  client_->Send(std::move(request), [this](const HttpResult& result) {
    const bool before = egress_->paused();
    // No place, no descriptor: that says nothing of the way out.
    const MonoTime now = runtime::ReadClock().mono;
    if (result.own_fault) return egress_->OnNoAnswer(now);
    egress_->OnCanary(result.status > 0, now);
    admission_->SetShare(egress_->Share(now));
    if (egress_->paused() == before) return;
    if (egress_->paused()) {
      log::Error("egress.paused", {{"canary", options_.canary->host}, {"error", result.detail}});
    } else {
      log::Info("egress.resumed", {{"canary", options_.canary->host}});
    }
    options_.on_pause(egress_->paused());
  });
}

LaneLoop::~LaneLoop() {
  loop_.Stop();
  client_.reset();  // before the loop that its sockets live on
}

Status LaneLoop::OpenEgress(const EgressOptions& options) {
  auto client = http::Client::Create(loop_, options.client);
  if (!client) return client.error();
  // The loop ticks already.
  std::promise<void> opened;
  loop_.Post([&] {
    options_ = options;
    client_ = std::move(*client);
    admission_.emplace(options.admission, [this] { loop_.Post([this] { admission_->BeginTurn(); }); });
    account_bytes_.emplace(options.max_account_bytes);
    EgressLimits limits;
    limits.has_canary = options.canary.has_value();
    egress_.emplace(limits);
    opened.set_value();
  });
  opened.get_future().wait();
  return Ok();
}

void LaneLoop::Attach(std::shared_ptr<PartitionRunner> runner) {
  carried_.fetch_add(1, std::memory_order_relaxed);
  loop_.Post([this, runner = std::move(runner)] { runners_.push_back(runner); });
}

void LaneLoop::Detach(std::shared_ptr<PartitionRunner> runner) {
  carried_.fetch_sub(1, std::memory_order_relaxed);
  loop_.Post([this, runner = std::move(runner)] {
    std::erase(runners_, runner);
    runner->OnDetached();
  });
}

LaneLoop& LeastLaden(const std::vector<std::unique_ptr<LaneLoop>>& loops) {
  return **std::min_element(loops.begin(), loops.end(),
                            [](const auto& a, const auto& b) { return a->carried() < b->carried(); });
}

}  // namespace webhook
