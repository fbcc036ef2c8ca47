#include "http/client.h"

#include <boost/asio/post.hpp>
#include <utility>

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
    loop.Every(kSweep, [this] {
      const MonoTime now = runtime::ReadClock().mono;
      core_.pool.CloseIdle(now - core_.options.idle_timeout, now);
    });
  }
  ~BeastClient() override { core_.pool.CloseAll(); }

  void Send(EgressRequest request, std::function<void(HttpResult)> done) override {
    auto exchange = std::make_shared<Exchange>(core_, std::move(request), std::move(done));
    boost::asio::post(core_.loop.context(), [exchange = std::move(exchange)] { exchange->Start(); });
  }

 private:
  void GivePlace() {
    while (!core_.waiting.empty()) {
      const std::shared_ptr<Exchange> exchange = std::move(core_.waiting.front());
      core_.waiting.pop_front();
      if (exchange->OnConnectionFree()) return;
    }
  }

  ClientCore core_;
};

}  // namespace

Result<std::unique_ptr<Client>> Client::Create(runtime::EventLoop& loop, const ClientOptions& options) {
  auto tls = TlsContext::Create(options.ca_file);
  if (!tls) return tls.error();
  return std::unique_ptr<Client>(std::make_unique<BeastClient>(loop, options, std::move(*tls)));
}

}  // namespace webhook::http
