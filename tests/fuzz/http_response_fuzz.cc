// An endpoint may answer anything: the client gives one bounded result, and lives.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <future>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "http/client.h"
#include "runtime/event_loop.h"
#include "tests/fuzz/fuzz.h"

namespace webhook::http {
namespace {

// Answers each connection with the bytes of the moment, and closes it. At the first few bytes of 255, which
// are left out, there is a pause: what a parser makes of an answer must not depend on how it is cut.
class Peer {
 public:
  Peer() : listener_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    MUST(::bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
    MUST(::listen(listener_, 16) == 0);
    socklen_t size = sizeof address;
    ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    port = ntohs(address.sin_port);
    std::thread([this] { Run(); }).detach();
  }

  // What the connections accepted from now on are answered with.
  void AnswerWith(std::string_view answer) {
    const std::lock_guard lock(mutex_);
    answer_ = std::make_shared<const std::string>(answer);
  }
  std::uint16_t port = 0;

 private:
  std::shared_ptr<const std::string> answer() {
    const std::lock_guard lock(mutex_);
    return answer_;
  }
  static void SendInPieces(int socket, std::string_view bytes) {
    constexpr int kPauses = 4;
    const int on = 1;
    (void)!::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    for (int pause = 0; pause < kPauses; ++pause) {
      const std::size_t cut = bytes.find('\xff');
      if (cut == std::string_view::npos) break;
      (void)!::send(socket, bytes.data(), cut, MSG_NOSIGNAL);
      std::this_thread::sleep_for(std::chrono::microseconds{300});
      bytes.remove_prefix(cut + 1);
    }
    (void)!::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
  }
  void Run() {
    for (;;) {
      const int socket = ::accept(listener_, nullptr, nullptr);
      const auto bytes = answer();
      char request[4'096];
      if (::recv(socket, request, sizeof request, 0) > 0) SendInPieces(socket, *bytes);
      ::shutdown(socket, SHUT_WR);
      while (::recv(socket, request, sizeof request, 0) > 0) {
      }
      ::close(socket);
    }
  }

  const int listener_;
  std::mutex mutex_;  // the client may be done with a request before its peer is
  std::shared_ptr<const std::string> answer_ = std::make_shared<const std::string>();
};

struct Rig {
  Rig() {
    ClientOptions options;
    options.guard.allow_http = true;
    options.guard.allowed = {*Cidr::Parse("127.0.0.0/8")};
    client = std::move(Client::Create(loop, options).value());
  }
  Peer peer;
  runtime::EventLoop loop{"fuzz"};
  std::unique_ptr<Client> client;
};

void Check(std::string_view input) {
  static Rig& rig = *new Rig;  // outlives main, as its thread does
  rig.peer.AnswerWith(input);
  EgressRequest request;
  request.url = std::make_shared<const EndpointUrl>(
      ParseEndpointUrl("http://127.0.0.1:" + std::to_string(rig.peer.port) + "/", "/url").value());
  request.body = std::make_shared<const std::string>("{}");
  request.timeout = std::chrono::milliseconds(2'000);
  std::promise<HttpResult> promise;
  rig.loop.Post(
      [&] { rig.client->Send(request, [&](HttpResult result) { promise.set_value(std::move(result)); }); });
  const HttpResult result = promise.get_future().get();
  MUST(!result.own_fault || result.detail.find("kept connection") != std::string::npos);
  MUST((result.status != 0) != (result.fault.has_value() || result.own_fault));
  MUST(result.status == 0 || (result.status >= 101 && result.status <= 599));
  MUST(result.excerpt.size() <= 4'096);
  // Each line has ": " and an end.
  MUST(result.headers.size() <= (16u << 10) + 300);
}

}  // namespace
}  // namespace webhook::http

void webhook::Fuzz(std::string_view input) {
  http::Check(input);
}
