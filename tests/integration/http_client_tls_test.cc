// The egress client against TLS peers that misbehave.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "runtime/stop_token.h"
#include "tests/integration/authority.h"
#include "tests/integration/http_client_fixture.h"

namespace webhook::http {
namespace {

using std::chrono::milliseconds;
using ::testing::HasSubstr;

class TlsTest : public ClientTest {
 protected:
  void SetUp() override {
    dir_.Certify("good", "DNS:localhost");
    dir_.Certify("other", "DNS:elsewhere.example");
    dir_.Certify("expired", "DNS:localhost", "-days -1");
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

  const Authority dir_;
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

TEST_F(TlsTest, TheNextConnectionToAnEndpointResumesTheSession) {
  Trust();
  std::atomic<int> resumed{0};
  const ScriptedPeer peer(
      [&](PeerConnection& connection, int) {
        if (connection.Resumed()) ++resumed;
        connection.ReadRequest();
        connection.Write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        connection.Hold();
      },
      dir_ / "good.pem", dir_ / "good.key");
  for (int i = 0; i < 4; ++i)
    EXPECT_EQ(Send("https://localhost:" + std::to_string(peer.port()) + "/").get().status, 200);
  EXPECT_EQ(peer.connections(), 4);
  EXPECT_EQ(resumed, 3);
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
