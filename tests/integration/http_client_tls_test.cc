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

TEST_F(TlsTest, ARecordBehindTheLastAnswerIsNobodysAnswer) {
  Trust();
  const ScriptedPeer peer(
      [](PeerConnection& connection, int number) {
        connection.ReadRequest();
        connection.Cork(true);
        connection.Write(kOk);
        if (number == 0) connection.Write("HTTP/1.1 410 Smuggled\r\nContent-Length: 0\r\n\r\n");
        connection.Cork(false);
        connection.Hold();
      },
      dir_ / "good.pem", dir_ / "good.key");
  const std::string url = "https://localhost:" + std::to_string(peer.port()) + "/";
  EXPECT_EQ(Send(url).get().status, 200);
  EXPECT_EQ(Send(url).get().status, 200);
  EXPECT_EQ(peer.connections(), 2);
}

// OpenSSL reads on by itself for as long as there is such a message.
TEST_F(TlsTest, MessagesThatAreNoDataWithoutEndAreAFailure) {
  Trust();
  const ScriptedPeer peer(
      [](PeerConnection& connection, int number) {
        if (number == 0) {
          connection.ReadRequest();
          connection.Write(kOk);
        }
        connection.ReadRequest();
        while (connection.UpdateKey()) {
        }
      },
      dir_ / "good.pem", dir_ / "good.key");
  const std::string url = "https://localhost:" + std::to_string(peer.port()) + "/";
  EXPECT_EQ(Send(url).get().status, 200);
  for (const bool kept : {true, false}) {
    const HttpResult result = Send(url, milliseconds(2'000)).get();
    EXPECT_EQ(result.fault, NetFault::kTls) << kept;
    EXPECT_THAT(result.detail, HasSubstr("more than 100 messages"));
    EXPECT_FALSE(result.own_fault);
  }
}

TEST_F(TlsTest, AFewSuchMessagesAreNoFailure) {
  Trust();
  const ScriptedPeer peer(
      [](PeerConnection& connection, int) {
        while (!connection.ReadRequest().empty()) {
          for (int i = 0; i < 60; ++i) connection.UpdateKey();
          connection.Write(kOk);
        }
      },
      dir_ / "good.pem", dir_ / "good.key");
  for (int i = 0; i < 3; ++i)
    EXPECT_EQ(Send("https://localhost:" + std::to_string(peer.port()) + "/").get().status, 200);
  EXPECT_EQ(peer.connections(), 1);
}

TEST_F(TlsTest, ASessionWhoseHandshakeFailedIsNotOfferedAgain) {
  Trust();
  for (const bool silent : {false, true}) {
    SCOPED_TRACE(silent);
    std::promise<void> over;
    std::vector<bool> resumed;
    const ScriptedPeer peer(
        [&](PeerConnection& connection, int number) {
          // A reset, since nobody has read the other side's first message.
          if (number == 2) return silent ? over.get_future().wait() : void();
          if (!connection.Handshake()) return;
          connection.ReadRequest();
          resumed.push_back(connection.Resumed());
          connection.Write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
          connection.Hold();
        },
        dir_ / "good.pem", dir_ / "good.key", ScriptedPeer::Shake::kScript);
    const std::string url = "https://localhost:" + std::to_string(peer.port()) + "/";
    for (const bool fails : {false, false, true, false}) {
      const HttpResult result = Send(url, milliseconds(fails ? 300 : 5'000)).get();
      EXPECT_EQ(result.status, fails ? 0 : 200);
    }
    over.set_value();
    EXPECT_THAT(resumed, ::testing::ElementsAre(false, true, false));
  }
}

TEST_F(TlsTest, ABodyLargerThanTheSocketsBuffersArrivesOnce) {
  Trust();
  std::string body(16u << 20, ' ');
  for (std::size_t i = 0; i < body.size(); ++i) body[i] = static_cast<char>('a' + i * 31 / 1'000 % 26);
  std::promise<std::string> came;
  const ScriptedPeer peer(
      [&](PeerConnection& connection, int) {
        const runtime::StopToken never;
        std::string request;
        for (int i = 0; i < 20; ++i) {
          request += connection.ReadSome();
          never.WaitFor(milliseconds(5));
        }
        const std::size_t head = request.find("\r\n\r\n") + 4;
        while (request.size() < head + body.size()) {
          const std::string more = connection.ReadSome();
          if (more.empty()) break;
          request += more;
        }
        came.set_value(request.substr(head));
        connection.Write(kOk);
        connection.Hold();
      },
      dir_ / "good.pem", dir_ / "good.key");
  EgressRequest request =
      Request("https://localhost:" + std::to_string(peer.port()) + "/", milliseconds(20'000));
  request.body = std::make_shared<const std::string>(body);
  EXPECT_EQ(Send(request).get().status, 200);
  EXPECT_TRUE(came.get_future().get() == body);
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
