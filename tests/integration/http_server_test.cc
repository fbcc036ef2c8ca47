// The HTTP server against clients that misbehave.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <deque>
#include <stdexcept>

#include "http/server.h"
#include "runtime/stop_token.h"
#include "runtime/thread.h"

namespace webhook::http {
namespace {

namespace asio = boost::asio;
using std::chrono::milliseconds;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

// A client that writes what it likes.
class RawClient {
 public:
  explicit RawClient(const std::string& address) : socket_(context_) {
    const auto port = static_cast<std::uint16_t>(std::stoi(address.substr(address.rfind(':') + 1)));
    socket_.connect({asio::ip::address_v4::loopback(), port});
  }
  // False where the server has closed.
  bool Write(const std::string& text) {
    boost::system::error_code error;
    asio::write(socket_, asio::buffer(text), error);
    return !error;
  }
  // One answer, body by Content-Length; "" where the server has closed.
  std::string ReadAnswer() {
    for (;;) {
      const std::size_t end = pending_.find("\r\n\r\n");
      if (end != std::string::npos) {
        const std::size_t found = pending_.find("Content-Length: ");
        const std::size_t length = found < end ? std::stoul(pending_.substr(found + 16)) : 0;
        if (pending_.size() >= end + 4 + length) {
          std::string answer = pending_.substr(0, end + 4 + length);
          pending_.erase(0, answer.size());
          return answer;
        }
      }
      if (!ReadMore()) return "";
    }
  }
  // Until something of an answer has come, which is not taken.
  void AwaitAnswer() { socket_.wait(asio::ip::tcp::socket::wait_read); }
  // All that comes until the server closes.
  std::string ReadAll() {
    while (ReadMore()) {
    }
    return pending_;
  }

 private:
  bool ReadMore() {
    std::array<char, 4096> bytes;
    boost::system::error_code error;
    const std::size_t got = socket_.read_some(asio::buffer(bytes), error);
    pending_.append(bytes.data(), got);
    return !error;
  }

  asio::io_context context_;
  asio::ip::tcp::socket socket_;
  std::string pending_;
};

std::string Post(const std::string& body) {
  return "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

class ServerTest : public ::testing::Test {
 protected:
  ServerTest() {
    options_.address = "127.0.0.1:0";
    options_.max_body_bytes = 1'000;
    options_.max_header_bytes = 1'000;
    options_.read_timeout = milliseconds(200);
    options_.handler_threads = 2;
  }

  RawClient Connect(Server::Handler handler = {}) {
    if (!server_) {
      if (!handler) {
        handler = [](const Request& request) {
          Response response;
          response.content_type = "text/plain";
          response.body = request.method + " " + request.path + " " + request.body;
          for (const auto& [name, value] : request.query) response.body += " " + name + "=" + value;
          return response;
        };
      }
      server_ = std::move(Server::Start(options_, handler).value());
    }
    return RawClient(server_->address());
  }
  // The answer to one request of a connection of its own, after which the server must close.
  std::string Refused(const std::string& request) {
    RawClient client = Connect();
    client.Write(request);
    return client.ReadAll();
  }

  ServerOptions options_;
  std::unique_ptr<Server> server_;
};

TEST_F(ServerTest, AnswersOneRequestAfterTheOther) {
  RawClient client = Connect();
  client.Write("GET /a%20b?q=1%2B&r HTTP/1.1\r\nHost: a\r\n\r\n" + Post("two"));
  EXPECT_THAT(client.ReadAnswer(), AllOf(StartsWith("HTTP/1.1 200 OK"), HasSubstr("GET /a b  q=1+ r=")));
  EXPECT_THAT(client.ReadAnswer(), HasSubstr("POST /x two"));
}

TEST_F(ServerTest, HeadIsGetWithoutTheBody) {
  RawClient client = Connect();
  client.Write("HEAD /x HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  EXPECT_THAT(client.ReadAll(), AllOf(HasSubstr("Content-Length: 7\r\n"), ::testing::EndsWith("\r\n\r\n")));
}

TEST_F(ServerTest, AChunkedBodyIsBoundedAsAnyOther) {
  RawClient client = Connect();
  client.Write("POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n");
  EXPECT_THAT(client.ReadAnswer(), HasSubstr("POST /x abc"));
  client.Write("POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
  const std::string chunk = "200\r\n" + std::string(0x200, 'x') + "\r\n";
  for (int i = 0; i < 4; ++i) client.Write(chunk);
  EXPECT_THAT(client.ReadAnswer(), AllOf(StartsWith("HTTP/1.1 413"), HasSubstr("body_too_large")));
}

// Found from outside: an assertion of Beast's ended the process.
TEST_F(ServerTest, TheLastChunkMayComeInPieces) {
  RawClient client = Connect();
  const runtime::StopToken never;
  for (const char* piece :
       {"POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n", "0", "\r\n", "\r", "\n"}) {
    client.Write(piece);
    never.WaitFor(milliseconds(20));
  }
  EXPECT_THAT(client.ReadAnswer(), StartsWith("HTTP/1.1 200"));
}

TEST_F(ServerTest, ChunkExtensionsAndTrailersAreBoundedToo) {
  const std::string head = "POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (const std::string& begin : {head + "5;a=", head + "0\r\nX-A: "}) {
    RawClient client = Connect();
    client.Write(begin);
    const std::string piece(64 * 1024, 'a');
    int pieces = 0;
    while (pieces < 64 && client.Write(piece)) ++pieces;
    EXPECT_THAT(client.ReadAll(), AllOf(StartsWith("HTTP/1.1 431"), HasSubstr("trailers")));
  }
}

TEST_F(ServerTest, ATrailerIsNoHeader) {
  RawClient client = Connect([](const Request& request) {
    Response response;
    response.body = "[" + std::string(request.Header("authorization")) + "]";
    return response;
  });
  client.Write(
      "POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nAuthorization: Bearer "
      "x\r\n\r\n");
  EXPECT_THAT(client.ReadAnswer(), HasSubstr("[]"));
}

TEST_F(ServerTest, TakesATargetInAbsoluteForm) {
  RawClient client = Connect();
  client.Write("GET http://a.example:80/a/b?q=1 HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_THAT(client.ReadAnswer(), HasSubstr("GET /a/b  q=1"));
}

TEST_F(ServerTest, ARefusalOfAHeadHasNoBody) {
  EXPECT_THAT(Refused("HEAD /x HTTP/1.1\r\n\r\n"),
              AllOf(StartsWith("HTTP/1.1 400"), ::testing::EndsWith("\r\n\r\n")));
}

TEST_F(ServerTest, ABodyThatIsAnnouncedTooLargeIsNotRead) {
  EXPECT_THAT(Refused("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 1001\r\n\r\n"),
              AllOf(StartsWith("HTTP/1.1 413"), HasSubstr("application/problem+json")));
}

TEST_F(ServerTest, WhoSendsTooMuchStillSeesWhy) {
  RawClient client = Connect();
  client.Write("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 3000000\r\n\r\n");
  EXPECT_TRUE(client.Write(std::string(3'000'000, 'x')));
  EXPECT_THAT(client.ReadAll(), StartsWith("HTTP/1.1 413"));
}

TEST_F(ServerTest, RefusesHeadersThatAreTooLarge) {
  EXPECT_THAT(Refused("GET / HTTP/1.1\r\nX: " + std::string(2'000, 'x') + "\r\n\r\n"),
              StartsWith("HTTP/1.1 431"));
}

TEST_F(ServerTest, RefusesWhatIsNotHttpOrCouldBeReadInTwoWays) {
  for (const std::string& request : {
           std::string("\x16\x03\x01 a TLS hello\r\n\r\n"),
           std::string("GET / HTTP/2.0\r\n\r\n"),
           std::string("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx"),
           std::string("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: "
                       "chunked\r\n\r\n0\r\n\r\n"),
           std::string("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n"),
           std::string("GET / HTTP/1.1\r\nHost: a\r\nBad Name: x\r\n\r\n"),
           std::string("GET / HTTP/1.1\r\n\r\n"),
           std::string("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"),
           std::string("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\nGET / HTTP/1.1\r\n\r\n"),
           std::string("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"),
           std::string("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
           std::string("GET /%00 HTTP/1.1\r\nHost: a\r\n\r\n"),
           std::string("GET /x?a=%zz HTTP/1.1\r\nHost: a\r\n\r\n"),
       }) {
    EXPECT_THAT(Refused(request), StartsWith("HTTP/1.1 400")) << request;
  }
}

TEST_F(ServerTest, SlowSendersGoAndDoNotHoldUpOthers) {
  RawClient slow = Connect();
  slow.Write("POST /x HTTP/1.1\r\nHost: a\r\nContent-Le");
  RawClient slow_body = Connect();
  slow_body.Write("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nx");
  RawClient quick = Connect();
  quick.Write(Post("x"));
  EXPECT_THAT(quick.ReadAnswer(), StartsWith("HTTP/1.1 200"));
  EXPECT_THAT(slow.ReadAll(), AllOf(StartsWith("HTTP/1.1 408"), HasSubstr("request_too_slow")));
  EXPECT_THAT(slow_body.ReadAll(), StartsWith("HTTP/1.1 408"));
}

TEST_F(ServerTest, AHandlerThatThrowsIsAnErrorOfOurs) {
  RawClient client =
      Connect([](const Request&) -> Response { throw std::runtime_error("password=hunter2"); });
  client.Write(Post("x"));
  EXPECT_THAT(client.ReadAnswer(), AllOf(StartsWith("HTTP/1.1 500"), ::testing::Not(HasSubstr("hunter2"))));
}

TEST_F(ServerTest, MoreThanItCanHandleIsRefusedAndSaysWhenToComeBack) {
  options_.max_waiting = 1;
  const runtime::StopToken release;
  std::atomic<int> handling{0};
  const auto handler = [&](const Request&) {
    ++handling;
    release.WaitFor(milliseconds(10'000));
    return Response{};
  };
  std::deque<RawClient> clients;
  for (int i = 0; i < 3; ++i) {
    Connect(handler);
    clients.emplace_back(server_->address()).Write(Post("x"));
    // Two are being handled before the third comes, which waits.
    while (handling < std::min(i + 1, 2)) release.WaitFor(milliseconds(1));
  }
  // A fourth may come before the third was queued: it takes the place, and one of both is refused.
  RawClient late = Connect();
  late.Write(Post("x"));
  runtime::Thread helper("release", [&] {
    const runtime::StopToken never;
    never.WaitFor(milliseconds(100));
    runtime::StopToken(release).RequestStop();
  });
  const std::string answers = late.ReadAnswer() + clients.back().ReadAnswer();
  EXPECT_THAT(answers,
              AllOf(HasSubstr("HTTP/1.1 503"), HasSubstr("Retry-After: 1"), HasSubstr("HTTP/1.1 200")));
}

TEST_F(ServerTest, WhoSaysNothingGivesWayToWhoComes) {
  options_.max_connections = 2;
  RawClient silent = Connect();
  RawClient dripping = Connect();
  dripping.Write("GET /x HT");
  for (int i = 0; i < 3; ++i) {
    RawClient client = Connect();
    client.Write(Post("x"));
    EXPECT_THAT(client.ReadAnswer(), StartsWith("HTTP/1.1 200"));
  }
  EXPECT_EQ(silent.ReadAll(), "");
}

TEST_F(ServerTest, WhoTakesNoAnswerGivesWayToWhoComes) {
  options_.max_connections = 1;
  Response large;
  large.body = std::string(64u << 20, 'x');  // more than sockets hold
  RawClient deaf =
      Connect([&](const Request& request) { return request.path == "/large" ? large : Response{}; });
  deaf.Write("GET /large HTTP/1.1\r\nHost: x\r\n\r\n");
  deaf.AwaitAnswer();
  for (int i = 0; i < 3; ++i) {
    RawClient client = Connect();
    client.Write(Post("x"));
    EXPECT_THAT(client.ReadAnswer(), StartsWith("HTTP/1.1 200"));
  }
}

TEST_F(ServerTest, NobodyWhoIsBeingAnsweredGivesWay) {
  options_.max_connections = 1;
  const runtime::StopToken started;
  const runtime::StopToken release;
  RawClient first = Connect([&](const Request&) {
    runtime::StopToken(started).RequestStop();
    release.WaitFor(milliseconds(10'000));
    return Response{};
  });
  first.Write(Post("x"));
  started.WaitFor(milliseconds(10'000));
  RawClient second = Connect();
  second.Write(Post("x"));
  EXPECT_EQ(second.ReadAll(), "");
  runtime::StopToken(release).RequestStop();
  EXPECT_THAT(first.ReadAnswer(), StartsWith("HTTP/1.1 200"));
}

TEST_F(ServerTest, StopFinishesWhatIsRunning) {
  const runtime::StopToken started;
  RawClient client = Connect([&](const Request&) {
    runtime::StopToken(started).RequestStop();
    const runtime::StopToken never;
    never.WaitFor(milliseconds(100));
    Response response;
    response.body = "done";
    return response;
  });
  RawClient idle = Connect();
  client.Write(Post("x"));
  started.WaitFor(milliseconds(10'000));
  server_->Stop(milliseconds(5'000));
  EXPECT_THAT(client.ReadAll(), HasSubstr("done"));
  EXPECT_EQ(idle.ReadAll(), "");
}

TEST_F(ServerTest, AnAddressThatIsTakenIsAnError) {
  Connect();
  ServerOptions same = options_;
  same.address = server_->address();
  const auto second = Server::Start(same, [](const Request&) { return Response{}; });
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::kUnavailable);
}

}  // namespace
}  // namespace webhook::http
