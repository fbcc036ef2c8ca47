#include "http/server.h"

#include <algorithm>
#include <boost/asio/ip/tcp.hpp>
#include <condition_variable>
#include <mutex>

#include "http/internal/server_session.h"
#include "http/internal/socket_address.h"
#include "log/log.h"

namespace webhook::http {
namespace {

namespace asio = boost::asio;
using Tcp = asio::ip::tcp;

constexpr std::chrono::milliseconds kAcceptPause{50};
constexpr std::chrono::milliseconds kLook{5};

class BeastServer : public Server {
 public:
  BeastServer(const ServerOptions& options, Handler handler)
      : loop_("http-server"), acceptor_(loop_.context()), core_(std::make_shared<ServerCore>()) {
    core_->options = options;
    core_->handler = std::move(handler);
    core_->pool =
        std::make_unique<runtime::WorkerPool>("http-handler", options.handler_threads, options.max_waiting);
  }

  ~BeastServer() override { Stop(std::chrono::milliseconds(0)); }

  Status Listen() {
    auto endpoint = ParseSocketAddress(core_->options.address);
    if (!endpoint) return endpoint.error();
    boost::system::error_code error;
    acceptor_.open(endpoint->protocol(), error);
    if (!error) acceptor_.set_option(Tcp::acceptor::reuse_address(true), error);
    if (!error) acceptor_.bind(*endpoint, error);
    if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
    if (error) {
      return Error{ErrorCode::kUnavailable, "listen_failed",
                   "cannot listen on " + core_->options.address + ": " + error.message()};
    }
    address_ = ToText(acceptor_.local_endpoint(error));
    loop_.Post([this] { Accept(); });
    return Ok();
  }

  std::string address() const override { return address_; }

  void Stop(std::chrono::milliseconds grace) override {
    if (std::exchange(stopped_, true)) return;
    loop_.Post([this] {
      boost::system::error_code ignored;
      acceptor_.close(ignored);
      core_->stopping = true;
      const auto sessions = core_->sessions;
      for (const auto& session : sessions) session->BeginStop();
      AwaitIdle();
    });
    {
      std::unique_lock lock(mutex_);
      idle_changed_.wait_for(lock, grace, [this] { return idle_; });
    }
    core_->pool->Stop();
    loop_.Stop();
    core_->sessions.clear();
  }

 private:
  void Accept() {
    acceptor_.async_accept([this](const boost::system::error_code& error, Tcp::socket socket) {
      if (error == asio::error::operation_aborted || core_->stopping) return;
      if (error) {
        // No descriptors left, most likely: spinning would not free any.
        log::Warn("http.accept_failed", {{"error", error.message()}});
        return loop_.PostAfter(kAcceptPause, [this] { Accept(); });
      }
      if (core_->sessions.size() >= core_->options.max_connections) CloseLongestWaiting();
      if (core_->sessions.size() < core_->options.max_connections) {
        auto session = std::make_shared<ServerSession>(std::move(socket), loop_, core_);
        core_->sessions.insert(session);
        session->Start();
      }
      Accept();
    });
  }

  // Who opens connections and says nothing, or takes no answer, must not shut the door.
  void CloseLongestWaiting() {
    std::shared_ptr<ServerSession> longest;
    for (const auto& session : core_->sessions) {
      const auto since = session->waits_since();
      if (since && (!longest || *since < *longest->waits_since())) longest = session;
    }
    if (longest) longest->Close();
  }

  void AwaitIdle() {
    if (!core_->sessions.empty()) return loop_.PostAfter(kLook, [this] { AwaitIdle(); });
    const std::scoped_lock lock(mutex_);
    idle_ = true;
    idle_changed_.notify_all();
  }

  runtime::EventLoop loop_;
  Tcp::acceptor acceptor_;
  std::shared_ptr<ServerCore> core_;
  std::string address_;
  bool stopped_ = false;
  std::mutex mutex_;
  std::condition_variable idle_changed_;
  bool idle_ = false;
};

}  // namespace

std::string_view Request::Header(std::string_view lower_case_name) const {
  const auto found = std::find_if(headers.begin(), headers.end(),
                                  [&](const auto& header) { return header.first == lower_case_name; });
  return found == headers.end() ? std::string_view() : std::string_view(found->second);
}

std::size_t Request::CountHeader(std::string_view lower_case_name) const {
  return static_cast<std::size_t>(std::count_if(
      headers.begin(), headers.end(), [&](const auto& header) { return header.first == lower_case_name; }));
}

Result<std::unique_ptr<Server>> Server::Start(const ServerOptions& options, Handler handler) {
  auto server = std::make_unique<BeastServer>(options, std::move(handler));
  if (Status listening = server->Listen(); !listening) return listening.error();
  return std::unique_ptr<Server>(std::move(server));
}

}  // namespace webhook::http
