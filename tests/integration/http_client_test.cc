// The egress client against endpoints that misbehave in every way that we could think of.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <future>

#include "http/client.h"
#include "runtime/event_loop.h"
#include "runtime/stop_token.h"
#include "tests/integration/scripted_peer.h"

namespace webhook::http {
namespace {

using std::chrono::milliseconds;
using ::testing::HasSubstr;
using ::testing::Pair;

constexpr char kOk[] = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

ClientOptions Options() {
  ClientOptions options;
  options.guard.allow_http = true;
  options.guard.allowed = {*Cidr::Parse("127.0.0.0/8"), *Cidr::Parse("::1/128")};
  options.connect_timeout = milliseconds(300);
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
    client_ = std::move(*client);
  }

  std::future<HttpResult> Send(const std::string& url, milliseconds timeout = milliseconds(5'000),
                               const std::string& body = "{}") {
    if (!client_) Start();
    EgressRequest request;
    request.url = ParseEndpointUrl(url, "/url").value();
    request.headers = {{"Content-Type", "application/json"}};
    request.body = std::make_shared<const std::string>(body);
    request.timeout = timeout;
    auto promise = std::make_shared<std::promise<HttpResult>>();
    auto future = promise->get_future();
    loop_.Post([this, request, promise] {
      client_->Send(request, [promise](HttpResult result) { promise->set_value(std::move(result)); });
    });
    return future;
  }
  std::future<HttpResult> Send(const ScriptedPeer& peer, milliseconds timeout = milliseconds(5'000)) {
    return Send("http://127.0.0.1:" + std::to_string(peer.port()) + "/hook?a=1", timeout);
  }
  // What comes of a request to a peer that answers it so.
  HttpResult Answered(const std::string& answer, milliseconds timeout = milliseconds(5'000)) {
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

TEST_F(ClientTest, SendsTheRequestAndTellsTheAnswer) {
  std::promise<std::string> request;
  const ScriptedPeer peer([&](PeerConnection& connection, int) {
    request.set_value(connection.ReadRequest());
    connection.Write("HTTP/1.1 202 Accepted\r\nX-One: 1\r\nContent-Length: 5\r\n\r\nhello");
    connection.Hold();
  });
  const HttpResult result = Send(peer).get();
  EXPECT_EQ(request.get_future().get(),
            "POST /hook?a=1 HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(peer.port()) +
                "\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}");
  EXPECT_EQ(result.status, 202);
  EXPECT_EQ(result.excerpt, "hello");
  EXPECT_THAT(result.headers, ::testing::Contains(Pair("X-One", "1")));
  EXPECT_EQ(result.remote_address, "127.0.0.1:" + std::to_string(peer.port()));
  EXPECT_FALSE(result.fault || result.blocked || result.own_fault);
  EXPECT_GT(result.duration.count(), 0);
}

TEST_F(ClientTest, KeepsAConnectionForTheNextRequest) {
  const ScriptedPeer peer([](PeerConnection& connection, int) {
    while (!connection.ReadRequest().empty()) connection.Write(kOk);
  });
  for (int i = 0; i < 3; ++i) EXPECT_EQ(Send(peer).get().status, 200);
  EXPECT_EQ(peer.connections(), 1);
}

// Whoever counts requests must hear of each that was written: it is not sent again in here.
TEST_F(ClientTest, AKeptConnectionThatThePeerClosesWithoutAnAnswerIsNoFaultOfTheEndpoint) {
  const ScriptedPeer peer([](PeerConnection& connection, int number) {
    connection.ReadRequest();
    connection.Write(kOk);
    connection.ReadRequest();
    if (number == 1) connection.Write(kOk);
  });
  EXPECT_EQ(Send(peer).get().status, 200);
  EXPECT_TRUE(Send(peer).get().own_fault);
  EXPECT_EQ(peer.connections(), 1);
  EXPECT_EQ(Send(peer).get().status, 200) << "on a fresh connection";
  EXPECT_EQ(Send(peer).get().status, 200) << "and so for a while";
  EXPECT_EQ(peer.connections(), 3);
}

TEST_F(ClientTest, AFreshConnectionThatIsClosedWithoutAnAnswerIsAFailureAndNotRepeated) {
  const ScriptedPeer peer([](PeerConnection& connection, int) { connection.ReadRequest(); });
  EXPECT_EQ(Send(peer).get().fault, NetFault::kProtocol);
  EXPECT_EQ(peer.connections(), 1);
}

TEST_F(ClientTest, BytesAfterAnAnswerAreNobodysAnswer) {
  const ScriptedPeer peer([](PeerConnection& connection, int number) {
    connection.ReadRequest();
    connection.Write(number == 0 ? std::string(kOk) + "HTTP/1.1 500 Smuggled\r\nContent-Length: 0\r\n\r\n"
                                 : kOk);
    connection.Hold();
  });
  EXPECT_EQ(Send(peer).get().status, 200);
  EXPECT_EQ(Send(peer).get().status, 200);
  EXPECT_EQ(peer.connections(), 2);
}

TEST_F(ClientTest, WhatAPeerSaysUnaskedIsNobodysAnswer) {
  std::promise<void> answered;
  std::promise<void> said;
  const ScriptedPeer peer([&](PeerConnection& connection, int number) {
    connection.ReadRequest();
    connection.Write(kOk);
    if (number == 0) {
      answered.get_future().wait();
      connection.Write("HTTP/1.1 408 Idle\r\nContent-Length: 0\r\n\r\n");
      said.set_value();
    }
    connection.Hold();
  });
  EXPECT_EQ(Send(peer).get().status, 200);
  answered.set_value();
  said.get_future().wait();
  EXPECT_EQ(Send(peer).get().status, 200);
  EXPECT_EQ(peer.connections(), 2);
}

TEST_F(ClientTest, KeepsTheFirstFourKibibytesOfABodyAndLeavesTheRest) {
  const HttpResult result =
      Answered("HTTP/1.1 500 No\r\nContent-Length: 100000000\r\n\r\n" + std::string(20'000, 'x'));
  EXPECT_EQ(result.status, 500);
  EXPECT_EQ(result.excerpt, std::string(4'096, 'x'));
  const HttpResult chunked =
      Answered("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n");
  EXPECT_EQ(chunked.excerpt, "abcde");
}

TEST_F(ClientTest, ABodyThatNeverEndsIsATimeOut) {
  const ScriptedPeer peer([](PeerConnection& connection, int) {
    connection.ReadRequest();
    connection.Write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n");
    const runtime::StopToken never;
    for (int i = 0; i < 50; ++i) {
      connection.Write("x");
      never.WaitFor(milliseconds(20));
    }
  });
  const HttpResult result = Send(peer, milliseconds(200)).get();
  EXPECT_EQ(result.fault, NetFault::kTimeoutResponse);
  EXPECT_EQ(result.status, 0);
  EXPECT_LT(result.duration, milliseconds(2'000));
}

TEST_F(ClientTest, NoAnswerIsATimeOut) {
  const HttpResult result = Answered("", milliseconds(150));
  EXPECT_EQ(result.fault, NetFault::kTimeoutResponse);
  EXPECT_GE(result.duration, milliseconds(150));
}

TEST_F(ClientTest, ARedirectIsAnAnswerLikeAnyOther) {
  const ScriptedPeer elsewhere([](PeerConnection&, int) {});
  const HttpResult result =
      Answered("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:" + std::to_string(elsewhere.port()) +
               "/\r\nContent-Length: 0\r\n\r\n");
  EXPECT_EQ(result.status, 302);
  EXPECT_EQ(elsewhere.connections(), 0);
}

TEST_F(ClientTest, RetryAfterIsReadFrom429And503Only) {
  EXPECT_EQ(Answered("HTTP/1.1 503 Busy\r\nRetry-After: 7\r\nContent-Length: 0\r\n\r\n").retry_after,
            std::chrono::seconds(7));
  EXPECT_EQ(Answered("HTTP/1.1 500 No\r\nRetry-After: 7\r\nContent-Length: 0\r\n\r\n").retry_after,
            std::nullopt);
}

TEST_F(ClientTest, WhatIsNotHttpIsAFailure) {
  const std::string many_lines = [] {
    std::string lines;
    for (int i = 0; i < 101; ++i) lines += "H" + std::to_string(i) + ": 1\r\n";
    return lines;
  }();
  std::string interim;
  for (int i = 0; i < 9; ++i) interim += "HTTP/1.1 102 Wait\r\n\r\n";
  for (const std::string& answer : {
           std::string("SSH-2.0-OpenSSH_9.2\r\n"),
           std::string("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx"),
           std::string("HTTP/1.1 999 Odd\r\n\r\n"),
           "HTTP/1.1 200 OK\r\nX: " + std::string(20'000, 'x') + "\r\n\r\n",
           "HTTP/1.1 200 OK\r\n" + many_lines + "\r\n",
           interim + "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
       }) {
    const HttpResult result = Answered(answer);
    EXPECT_EQ(result.fault, NetFault::kProtocol) << answer.substr(0, 60);
    EXPECT_EQ(result.status, 0);
    EXPECT_NE(result.detail, "");
  }
  EXPECT_EQ(Answered("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 201 Made\r\nContent-Length: 0\r\n\r\n").status,
            201);
}

TEST_F(ClientTest, ARefusedConnectionIsTold) {
  std::uint16_t port = 0;
  {
    port = ScriptedPeer([](PeerConnection&, int) {}).port();
  }
  const HttpResult result = Send("http://127.0.0.1:" + std::to_string(port) + "/").get();
  EXPECT_EQ(result.fault, NetFault::kConnect);
  EXPECT_THAT(result.detail, HasSubstr("refused"));
}

TEST_F(ClientTest, AForbiddenAddressIsNeverDialledHoweverItIsReached) {
  ClientOptions strict;
  strict.guard.allow_http = true;
  Start(strict);
  const ScriptedPeer peer([](PeerConnection&, int) {});
  const std::string port = std::to_string(peer.port());
  // localhost comes from the hosts file: a name that points inside.
  for (const std::string host : {"127.0.0.1", "localhost", "[::ffff:127.0.0.1]"}) {
    auto url = ParseEndpointUrl("http://" + host + ":" + port + "/", "/url");
    if (!url) continue;  // a form that is refused before
    const HttpResult result = Send(url->text).get();
    EXPECT_TRUE(result.blocked) << host;
  }
  EXPECT_EQ(peer.connections(), 0);
}

TEST_F(ClientTest, ARequestBeyondTheCeilingWaitsForAPlace) {
  ClientOptions options = Options();
  options.max_connections = 1;
  Start(options);
  const ScriptedPeer hanging([](PeerConnection& connection, int number) {
    connection.ReadRequest();
    if (number > 0) connection.Write(kOk);
    connection.Hold();
  });
  auto first = Send(hanging, milliseconds(150));
  auto starved = Send(hanging, milliseconds(50));
  auto patient = Send(hanging, milliseconds(5'000));
  const HttpResult own = starved.get();
  EXPECT_TRUE(own.own_fault) << "no fault of the endpoint";
  EXPECT_EQ(first.get().fault, NetFault::kTimeoutResponse);
  EXPECT_EQ(patient.get().status, 200);
}

// Certificates of an authority of the test's own, made by OpenSSL's command.
class TlsTest : public ClientTest {
 protected:
  void SetUp() override {
    dir_ = std::filesystem::temp_directory_path() / ("webhook-tls-" + std::to_string(getpid()));
    std::filesystem::create_directories(dir_);
    Run("openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj "
        "/CN=Test-Authority "
        "-keyout ca.key -out ca.pem");
    Certify("good", "DNS:localhost", "-days 2");
    Certify("other", "DNS:elsewhere.example", "-days 2");
    Certify("expired", "DNS:localhost", "-days -1");
  }
  void TearDown() override { std::filesystem::remove_all(dir_); }

  void Run(const std::string& command) {
    ASSERT_EQ(std::system(("cd " + dir_.string() + " && " + command + " 2>>openssl.log").c_str()), 0)
        << command;
  }
  void Certify(const std::string& name, const std::string& san, const std::string& days) {
    Run("openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=" + name + " -keyout " +
        name + ".key -out " + name + ".csr");
    Run("echo subjectAltName=" + san + " > " + name + ".ext && openssl x509 -req -in " + name +
        ".csr -CA ca.pem " + "-CAkey ca.key -CAcreateserial " + days + " -extfile " + name + ".ext -out " +
        name + ".pem");
  }
  // A client that trusts the authority; empty: the system's.
  void Trust(const std::string& authority = "ca.pem") {
    ClientOptions options = Options();
    options.ca_file = authority.empty() ? "" : dir_ / authority;
    options.connect_timeout = milliseconds(3'000);
    Start(options);
  }
  // What comes of a request to localhost where the peer shows this certificate.
  HttpResult Shown(const std::string& name, const std::string& authority = "ca.pem") {
    Trust(authority);
    const ScriptedPeer peer(
        [&](PeerConnection& connection, int) {
          if (connection.ReadRequest().empty()) return;
          ++requests_;
          connection.Write(kOk);
          connection.Hold();
        },
        dir_ / (name + ".pem"), dir_ / (name + ".key"));
    return Send("https://localhost:" + std::to_string(peer.port()) + "/").get();
  }

  std::filesystem::path dir_;
  std::atomic<int> requests_{0};
};

TEST_F(TlsTest, TheCertificateMustBeForTheNameLiveAndOfAKnownAuthority) {
  EXPECT_EQ(Shown("good").status, 200);
  EXPECT_EQ(requests_, 1);
  for (const auto& [certificate, authority] :
       {std::pair("other", "ca.pem"), std::pair("expired", "ca.pem"), std::pair("good", "")}) {
    const HttpResult result = Shown(certificate, authority);
    EXPECT_EQ(result.fault, NetFault::kTls) << certificate << authority;
    EXPECT_THAT(result.detail, HasSubstr("TLS: ")) << certificate;
  }
  EXPECT_EQ(requests_, 1) << "no byte of a request goes to a peer that did not prove its name";
}

TEST_F(TlsTest, BytesAfterAnAnswerAreNobodysAnswer) {
  Trust();
  for (const bool at_once : {true, false}) {
    SCOPED_TRACE(at_once);
    std::promise<void> answered;
    std::promise<void> said;
    const ScriptedPeer peer(
        [&](PeerConnection& connection, int number) {
          const std::string smuggled = "HTTP/1.1 410 Smuggled\r\nContent-Length: 0\r\n\r\n";
          connection.ReadRequest();
          connection.Write(at_once ? kOk + smuggled : kOk);
          if (number == 0) {
            answered.get_future().wait();
            if (!at_once) connection.Write(smuggled);
            said.set_value();
          }
          connection.Hold();
        },
        dir_ / "good.pem", dir_ / "good.key");
    const std::string url = "https://localhost:" + std::to_string(peer.port()) + "/";
    EXPECT_EQ(Send(url).get().status, 200);
    answered.set_value();
    said.get_future().wait();
    EXPECT_EQ(Send(url).get().status, 200);
    EXPECT_EQ(peer.connections(), 2);
  }
}

// What is given up while its peer drips goes on writing into its connection for a moment.
TEST_F(TlsTest, AnAnswerThatDripsUntilTheDeadlineIsATimeOut) {
  Trust();
  const ScriptedPeer peer(
      [](PeerConnection& connection, int) {
        connection.ReadRequest();
        connection.Write("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n");
        const runtime::StopToken never;
        for (int i = 0; i < 400; ++i) {
          connection.Write("x");
          never.WaitFor(milliseconds(1));
        }
      },
      dir_ / "good.pem", dir_ / "good.key");
  std::vector<std::future<HttpResult>> results;
  for (int i = 0; i < 20; ++i) {
    results.push_back(Send("https://localhost:" + std::to_string(peer.port()) + "/", milliseconds(100 + i)));
  }
  for (auto& result : results) EXPECT_EQ(result.get().fault, NetFault::kTimeoutResponse);
}

TEST_F(TlsTest, AHandshakeThatNeverEndsIsATimeOut) {
  const ScriptedPeer silent([](PeerConnection& connection, int) { connection.Hold(); });
  const HttpResult result = Send("https://127.0.0.1:" + std::to_string(silent.port()) + "/").get();
  EXPECT_EQ(result.fault, NetFault::kTimeoutTls);
}

TEST_F(TlsTest, APlainPeerIsATlsFailure) {
  const ScriptedPeer plain([](PeerConnection& connection, int) { connection.Write(kOk); });
  const HttpResult result = Send("https://127.0.0.1:" + std::to_string(plain.port()) + "/").get();
  EXPECT_EQ(result.fault, NetFault::kTls);
}

}  // namespace
}  // namespace webhook::http
