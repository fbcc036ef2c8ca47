#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <future>
#include <memory>
#include <string>

#include "http/client.h"
#include "runtime/event_loop.h"
#include "tests/integration/scripted_peer.h"

namespace webhook::http {

constexpr char kOk[] = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

inline ClientOptions Options() {
  ClientOptions options;
  options.guard.allow_http = true;
  options.guard.allowed = {*Cidr::Parse("127.0.0.0/8"), *Cidr::Parse("::1/128")};
  options.connect_timeout = std::chrono::milliseconds(300);
  return options;
}

class ClientTest : public ::testing::Test {
 protected:
  ~ClientTest() override {
    loop_.Stop();
    client_.reset();
  }

  void Start(const ClientOptions& options = Options()) {
    auto client = Client::Create(loop_, options);
    ASSERT_TRUE(client) << client.error().message;
    std::promise<void> replaced;
    loop_.Post([&] {
      client_ = std::move(*client);
      replaced.set_value();
    });
    replaced.get_future().wait();
  }

  static EgressRequest Request(const std::string& url,
                               std::chrono::milliseconds timeout = std::chrono::milliseconds(5'000)) {
    EgressRequest request;
    request.url = std::make_shared<const EndpointUrl>(ParseEndpointUrl(url, "/url").value());
    request.headers = "Content-Type: application/json\r\n";
    request.body = std::make_shared<const std::string>("{}");
    request.timeout = timeout;
    return request;
  }
  static EgressRequest Request(const ScriptedPeer& peer) { return Request(Url(peer)); }
  static std::string Url(const ScriptedPeer& peer) {
    return "http://127.0.0.1:" + std::to_string(peer.port()) + "/hook?a=1";
  }

  std::future<HttpResult> Send(EgressRequest request) {
    if (!client_) Start();
    auto promise = std::make_shared<std::promise<HttpResult>>();
    auto future = promise->get_future();
    loop_.Post([this, request = std::move(request), promise] {
      client_->Send(request, [promise](HttpResult result) { promise->set_value(std::move(result)); });
    });
    return future;
  }
  std::future<HttpResult> Send(const std::string& url,
                               std::chrono::milliseconds timeout = std::chrono::milliseconds(5'000)) {
    return Send(Request(url, timeout));
  }
  std::future<HttpResult> Send(const ScriptedPeer& peer,
                               std::chrono::milliseconds timeout = std::chrono::milliseconds(5'000)) {
    return Send(Url(peer), timeout);
  }
  // What comes of a request to a peer that answers it so.
  HttpResult Answered(const std::string& answer,
                      std::chrono::milliseconds timeout = std::chrono::milliseconds(5'000)) {
    const ScriptedPeer peer([&](PeerConnection& connection, int) {
      connection.ReadRequest();
      connection.Write(answer);
      connection.Hold();
    });
    return Send(peer, timeout).get();
  }

  runtime::EventLoop loop_{"test"};
  std::unique_ptr<Client> client_;
};

}  // namespace webhook::http
