// The egress client against endpoints that misbehave in every way that we could think of.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <deque>
#include <future>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "runtime/clock.h"
#include "runtime/stop_token.h"
#include "tests/integration/http_client_fixture.h"

namespace webhook::http {
namespace {

using std::chrono::milliseconds;
using ::testing::HasSubstr;

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
  EXPECT_THAT(result.headers, ::testing::HasSubstr("X-One: 1\n"));
  EXPECT_EQ(result.remote_address, "127.0.0.1:" + std::to_string(peer.port()));
  EXPECT_FALSE(result.fault || result.blocked || result.own_fault);
  EXPECT_GT(result.duration.count(), 0);
}

TEST_F(ClientTest, TellsWhenTheRequestWasWritten) {
  const ScriptedPeer peer([](PeerConnection& connection, int) {
    while (!connection.ReadRequest().empty()) connection.Write(kOk);
  });
  for (int i = 0; i < 2; ++i) {
    EgressRequest request = Request(peer);
    request.write_before = [end = runtime::ReadClock().mono + milliseconds(5'000)] { return end; };
    const WallTime before = runtime::ReadClock().wall;
    const HttpResult result = Send(request).get();
    EXPECT_EQ(result.status, 200);
    EXPECT_GE(result.written_at, before);
    EXPECT_LE(result.written_at, result.started_at + result.duration);
  }
}

TEST_F(ClientTest, NothingIsWrittenOnceTheLeaseHasRunOut) {
  std::atomic<int> requests{0};
  const ScriptedPeer peer([&](PeerConnection& connection, int) {
    while (!connection.ReadRequest().empty()) {
      ++requests;
      connection.Write(kOk);
    }
  });
  for (const bool kept : {false, true}) {
    if (kept) Send(peer).wait();
    EgressRequest request = Request(peer);
    request.write_before = [end = runtime::ReadClock().mono] { return end; };
    const HttpResult result = Send(request).get();
    EXPECT_TRUE(result.own_fault) << kept;
    EXPECT_EQ(result.detail, "the partition's lease has run out, or the webhook was changed");
    EXPECT_EQ(result.written_at, std::nullopt);
  }
  EXPECT_EQ(Send(peer).get().status, 200);
  EXPECT_EQ(requests, 2) << "those without a bound";
}

TEST_F(ClientTest, ARequestThatIsNotWrittenWholeByTheEndOfTheLeaseIsCutOff) {
  std::promise<void> cut;
  const ScriptedPeer peer([&](PeerConnection& connection, int) {
    cut.get_future().wait();
    connection.Hold();
  });
  EgressRequest request = Request(peer);
  request.body = std::make_shared<const std::string>(64u << 20, 'x');
  // It begins when it is first asked for, right before the first byte: however slow the machine, some are
  // written.
  request.write_before = [end = std::optional<MonoTime>()]() mutable {
    if (!end) end = runtime::ReadClock().mono + milliseconds(150);
    return *end;
  };
  const HttpResult result = Send(request).get();
  EXPECT_TRUE(result.own_fault);
  EXPECT_NE(result.written_at, std::nullopt);
  EXPECT_LT(result.duration, milliseconds(2'000));
  cut.set_value();
}

TEST_F(ClientTest, KeepsAConnectionForTheNextRequest) {
  const ScriptedPeer peer([](PeerConnection& connection, int) {
    while (!connection.ReadRequest().empty()) connection.Write(kOk);
  });
  for (int i = 0; i < 3; ++i) EXPECT_EQ(Send(peer).get().status, 200);
  EXPECT_EQ(peer.connections(), 1);
}

TEST_F(ClientTest, KeepsAConnectionForItsSenderAlone) {
  const ScriptedPeer peer([](PeerConnection& connection, int) {
    while (!connection.ReadRequest().empty()) connection.Write(kOk);
  });
  for (const char* sender : {"account_1", "account_2", "account_1", "account_2"}) {
    EgressRequest request = Request(peer);
    request.sender = AccountId(sender);
    EXPECT_EQ(Send(request).get().status, 200);
  }
  EXPECT_EQ(peer.connections(), 2) << "each keeps its own";
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
  const HttpResult closed = Send(peer).get();
  EXPECT_TRUE(closed.own_fault && closed.stale_connection);
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

// Found from outside: an assertion of Beast's ended every worker, one after the other.
TEST_F(ClientTest, TheLastChunkMayComeInPieces) {
  const ScriptedPeer peer([](PeerConnection& connection, int) {
    connection.ReadRequest();
    const runtime::StopToken never;
    for (const char* piece :
         {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "0", "\r\n", "\r", "\n"}) {
      connection.Write(piece);
      never.WaitFor(milliseconds(20));
    }
    connection.Hold();
  });
  EXPECT_EQ(Send(peer).get().status, 200);
}

TEST_F(ClientTest, OfAnEndlessChunkExtensionOrTrailerLittleIsKept) {
  const std::string head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (const std::string& begin : {head + "5;a=", head + "0\r\nX-A: "}) {
    const ScriptedPeer peer([&](PeerConnection& connection, int) {
      connection.ReadRequest();
      connection.Write(begin + std::string(1 << 20, 'a'));
      connection.Hold();
    });
    const HttpResult result = Send(peer, milliseconds(10'000)).get();
    EXPECT_EQ(result.status, 200);
    EXPECT_EQ(result.fault, std::nullopt) << "the bound ends it, not the time-out";
  }
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
  const HttpResult result = Send(Request("http://127.0.0.1:" + std::to_string(port) + "/")).get();
  EXPECT_FALSE(result.written_at);
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
    EXPECT_FALSE(result.blocked_by_name) << "the URL itself is forbidden";
  }
  EXPECT_EQ(peer.connections(), 0);
}

TEST_F(ClientTest, ARequestToAnAddressThatHasEnoughCostsNoAttempt) {
  const ScriptedPeer silent([](PeerConnection& connection, int) {
    connection.ReadRequest();
    connection.Hold();
  });
  ClientOptions options = Options();
  options.max_busy_per_address = 1;
  Start(options);
  auto first = Send(silent, milliseconds(300));
  const HttpResult refused = Send(silent, milliseconds(50)).get();
  EXPECT_TRUE(refused.own_fault) << "no fault of the endpoint";
  EXPECT_FALSE(refused.written_at);
  EXPECT_EQ(refused.remote_address, "");
  EXPECT_EQ(first.get().fault, NetFault::kTimeoutResponse);
  EXPECT_EQ(Send(silent, milliseconds(100)).get().fault, NetFault::kTimeoutResponse)
      << "the place is free again";
}

// Many names of many customers may lead to one address.
TEST_F(ClientTest, SendersTakeTurnsAtAnAddressThatHasEnough) {
  std::promise<void> all_wait;
  std::shared_future<void> may_answer = all_wait.get_future().share();
  std::mutex mutex;
  std::vector<std::string> came;
  const ScriptedPeer peer([&](PeerConnection& connection, int) {
    for (;;) {
      const std::string request = connection.ReadRequest();
      if (request.empty()) return;
      {
        const std::lock_guard lock(mutex);
        came.push_back(request.substr(request.size() - 2));
      }
      may_answer.wait();
      connection.Write(kOk);
    }
  });
  ClientOptions options = Options();
  options.max_busy_per_address = 1;
  Start(options);
  std::vector<std::future<HttpResult>> results;
  for (const std::string body : {"a1", "a2", "a3", "a4", "b1"}) {
    EgressRequest request = Request(peer);
    request.body = std::make_shared<const std::string>(body);
    request.sender = AccountId(body.substr(0, 1));
    results.push_back(Send(request));
  }
  // Behind what each Send() has posted in its turn.
  loop_.Post([&] { loop_.Post([&] { all_wait.set_value(); }); });
  for (auto& result : results) EXPECT_EQ(result.get().status, 200);
  EXPECT_THAT(came, ::testing::ElementsAre("a1", "a2", "b1", "a3", "a4"));
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

// With the longest idle closed for it, each of these requests would need a connection of its own.
TEST_F(ClientTest, ConnectionsAreUsedAgainThoughThereAreMoreEndpointsThanPlaces) {
  ClientOptions options = Options();
  options.max_connections = 4;
  Start(options);
  std::atomic<int> connections{0};
  std::deque<ScriptedPeer> peers;
  for (int i = 0; i < 5; ++i) {
    peers.emplace_back([&](PeerConnection& connection, int) {
      ++connections;
      while (!connection.ReadRequest().empty()) connection.Write(kOk);
    });
  }
  for (int i = 0; i < 100; ++i)
    ASSERT_EQ(Send(peers[static_cast<std::size_t>(i) % peers.size()], milliseconds(5'000)).get().status, 200);
  EXPECT_LT(connections, 70);
}

// Its time is over in the very turn in which it was given the place.
TEST_F(ClientTest, APlaceThatIsGivenToARequestThatIsOverIsTheNextOnes) {
  ClientOptions options = Options();
  options.max_connections = 1;
  Start(options);
  const ScriptedPeer peer([](PeerConnection& connection, int number) {
    while (!connection.ReadRequest().empty()) {
      if (number > 0) connection.Write(kOk);
    }
  });
  std::promise<HttpResult> last;
  loop_.Post([&] {
    for (int i = 0; i < 2; ++i)
      client_->Send(Request(Url(peer), milliseconds(100)), [](const HttpResult&) {});
    client_->Send(Request(Url(peer), milliseconds(2'000)),
                  [&](HttpResult result) { last.set_value(std::move(result)); });
  });
  const HttpResult result = last.get_future().get();
  EXPECT_EQ(result.status, 200) << result.detail;
}

TEST_F(ClientTest, AnAnswerMayComeBeforeTheRequestIsWhole) {
  const ScriptedPeer peer([](PeerConnection& connection, int) {
    connection.ReadSome();
    connection.Write("HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n");
  });
  for (int i = 1; i <= 2; ++i) {
    EgressRequest request = Request(peer);
    request.body = std::make_shared<const std::string>(64u << 20, 'x');
    EXPECT_EQ(Send(request).get().status, 413);
    EXPECT_EQ(peer.connections(), i);
  }
}

}  // namespace
}  // namespace webhook::http
