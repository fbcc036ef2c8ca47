// Connections of the egress client by themselves: what one does in a turn of the loop, what it resumes.
#include <gtest/gtest.h>

#include <algorithm>
#include <boost/asio/error.hpp>
#include <future>
#include <optional>
#include <string>
#include <vector>

#include "http/internal/connection.h"
#include "http/internal/tls_context.h"
#include "tests/integration/authority.h"
#include "tests/integration/scripted_peer.h"

namespace webhook::http {
namespace {

namespace asio = boost::asio;

// Connects, and once it may, reads all that it can whenever it is called, until it has `expected` bytes. The
// loop's.
class Reader final : public Poller::Watcher {
 public:
  Reader(runtime::EventLoop& loop, TlsContext* tls, const ScriptedPeer& peer, std::size_t expected)
      : poller_(loop),
        connection_(poller_, "key"),
        tls_(tls),
        expected_(expected),
        url_(ParseEndpointUrl("https://localhost:" + std::to_string(peer.port()) + "/", "/url").value()) {
    connection_.user = this;
    EXPECT_FALSE(connection_.Dial({asio::ip::address_v4::loopback(), peer.port()}));
  }

  void OnReady(std::uint32_t events) override {
    if (!connected_) {
      const auto error = connection_.DialResult(events);
      if (error == asio::error::would_block) return;
      EXPECT_FALSE(error) << error.message();
      EXPECT_EQ(connection_.DialResult(EPOLLHUP), asio::error::not_connected) << "it has no error to tell";
      connected_ = true;
      if (tls_ != nullptr) {
        EXPECT_TRUE(tls_->Wrap(connection_, url_));
      }
    }
    if (tls_ != nullptr && !secure_) {
      const auto error = connection_.Handshake();
      if (error == asio::error::would_block) return;
      EXPECT_FALSE(error) << error.message();
      secure_ = true;
    }
    if (may_read_ && connection_.MayRead()) Read();
  }
  void BeginToRead() {
    may_read_ = true;
    if (connected_ && (secure_ || tls_ == nullptr)) Read();
  }

  const Connection& connection() const { return connection_; }

  std::promise<std::vector<std::size_t>> turns;  // how much each of them read

 private:
  void Read() {
    std::size_t read = 0;
    boost::system::error_code error;
    while (!error) {
      error = connection_.ReadMore();
      read += connection_.buffer.size();
      connection_.buffer.consume(connection_.buffer.size());
    }
    EXPECT_EQ(error, asio::error::would_block);
    turns_.push_back(read);
    all_ += read;
    if (all_ < expected_) return;
    may_read_ = false;
    turns.set_value(turns_);
  }

  Poller poller_;
  Connection connection_;
  TlsContext* const tls_;
  const std::size_t expected_;
  const EndpointUrl url_;
  bool connected_ = false;
  bool secure_ = false;
  bool may_read_ = false;
  std::size_t all_ = 0;
  std::vector<std::size_t> turns_;
};

class ConnectionTest : public ::testing::Test {
 protected:
  ConnectionTest() { authority_.Certify("good", "DNS:localhost"); }

  // How much is read in each turn of what a peer sends as fast as it can.
  std::vector<std::size_t> Turns(std::size_t sent, bool tls) {
    constexpr std::size_t kPiece = 4'096;
    constexpr std::size_t kAhead = 96 * 1'024;
    std::promise<void> ahead;
    const ScriptedPeer peer(
        [&](PeerConnection& connection, int) {
          for (std::size_t written = 0; written < sent; written += kPiece) {
            if (written == kAhead) ahead.set_value();
            connection.Write(std::string(kPiece, 'x'));
          }
          connection.Hold();
        },
        tls ? authority_ / "good.pem" : "", tls ? authority_ / "good.key" : "");
    runtime::EventLoop loop("test");
    std::optional<Reader> reader;
    std::promise<std::future<std::vector<std::size_t>>> made;
    loop.Post([&] {
      reader.emplace(loop, tls ? context_.get() : nullptr, peer, sent);
      made.set_value(reader->turns.get_future());
    });
    auto turns = made.get_future().get();
    ahead.get_future().wait();
    loop.Post([&] { reader->BeginToRead(); });
    const auto read = turns.get();
    loop.Stop();
    reader.reset();
    return read;
  }

  const Authority authority_;
  const std::unique_ptr<TlsContext> context_ = TlsContext::Create(authority_ / "ca.pem").value();
};

TEST_F(ConnectionTest, APeerThatSendsWithoutEndTakesNoTurnForItself) {
  constexpr std::size_t kSent = 1 << 20;
  constexpr std::size_t kMaxRecord = 17 * 1024;  // a part of one may be there from the turn before
  for (const bool tls : {false, true}) {
    const auto turns = Turns(kSent, tls);
    std::size_t all = 0;
    for (const std::size_t read : turns) all += read;
    EXPECT_EQ(all, kSent) << "nothing is lost";
    EXPECT_LE(*std::max_element(turns.begin(), turns.end()), Connection::kMaxTurnBytes + kMaxRecord) << tls;
  }
}

// Else a peer whose certificate has been taken back could go on for ever.
TEST_F(ConnectionTest, AResumedSessionIsAsOldAsTheHandshakeThatVerifiedItsPeer) {
  std::vector<bool> resumed;
  const ScriptedPeer peer(
      [&](PeerConnection& connection, int) {
        resumed.push_back(connection.Resumed());
        connection.Write("x");
        connection.Hold();
      },
      authority_ / "good.pem", authority_ / "good.key");
  runtime::EventLoop loop("test");
  std::vector<MonoTime> verified;
  std::vector<MonoTime> began;
  for (int i = 0; i < 3; ++i) {
    std::optional<Reader> reader;
    std::promise<std::future<std::vector<std::size_t>>> made;
    loop.Post([&] {
      reader.emplace(loop, context_.get(), peer, 1);
      reader->BeginToRead();
      made.set_value(reader->turns.get_future());
    });
    made.get_future().get().wait();
    std::promise<void> gone;
    loop.Post([&] {
      began.push_back(reader->connection().tls_began);
      verified.push_back(reader->connection().offered_verified_at);
      reader.reset();
      gone.set_value();
    });
    gone.get_future().wait();
  }
  EXPECT_EQ(resumed, (std::vector{false, true, true}));
  EXPECT_EQ(verified, std::vector(3, began[0]));
  EXPECT_LT(began[0], began[1]);
}

}  // namespace
}  // namespace webhook::http
