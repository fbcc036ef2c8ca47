#include "http/client.h"

#include <boost/asio/post.hpp>
#include <memory>
#include <utility>
#include <vector>

#include "http/internal/exchange.h"
#include "runtime/clock.h"

namespace webhook::http {
namespace {

constexpr std::chrono::seconds kSweep{1};

class BeastClient : public Client {
 public:
  BeastClient(runtime::EventLoop& loop, const ClientOptions& options, std::unique_ptr<TlsContext> tls)
      : core_(loop, options) {
    core_.tls = std::move(tls);
    core_.pool.on_free = [this] { GivePlace(); };
    loop.Every(kSweep, [this, alive = std::weak_ptr(core_.alive)] {
      if (alive.expired()) return;
      const MonoTime now = runtime::ReadClock().mono;
      core_.pool.CloseIdle(now - core_.options.idle_timeout, now);
    });
  }
  ~BeastClient() override {
    for (const auto& exchange : core_.under_way) exchange->Abandon();
    core_.pool.CloseAll();
  }

  void Send(EgressRequest request, absl::AnyInvocable<void(HttpResult)> done) override {
    // Those that come together begin together.
    if (sent_.empty()) {
      boost::asio::post(core_.loop.context(), [this, alive = std::weak_ptr(core_.alive)] {
        if (!alive.expired()) StartSent();
      });
    }
    sent_.push_back(
        std::allocate_shared<Exchange>(core_.exchanges, core_, std::move(request), std::move(done)));
  }

 private:
  void StartSent() {
    starting_.swap(sent_);
    for (const auto& exchange : starting_) exchange->Start();
    starting_.clear();
    WatchDeadlines();
  }
  // Ticks while there is a deadline.
  void WatchDeadlines() {
    if (watching_ || core_.deadlines.empty()) return;
    watching_ = true;
    core_.loop.PostAfter(DeadlineWheel::kTick, [this, alive = std::weak_ptr(core_.alive)] {
      if (alive.expired()) return;
      watching_ = false;
      core_.deadlines.Advance(runtime::ReadClock().mono);
      WatchDeadlines();
    });
  }
  void GivePlace() {
    while (!core_.waiting.empty()) {
      const std::shared_ptr<Exchange> exchange = std::move(core_.waiting.front());
      core_.waiting.pop_front();
      if (exchange->OnConnectionFree()) return;
    }
  }

  ClientCore core_;
  std::vector<std::shared_ptr<Exchange>> sent_;  // begun in the next turn of the loop
  std::vector<std::shared_ptr<Exchange>> starting_;
  bool watching_ = false;
};

}  // namespace

Result<std::unique_ptr<Client>> Client::Create(runtime::EventLoop& loop, const ClientOptions& options) {
  auto tls = TlsContext::Create(options.ca_file);
  if (!tls) return tls.error();
  return std::unique_ptr<Client>(std::make_unique<BeastClient>(loop, options, std::move(*tls)));
}

}  // namespace webhook::http
