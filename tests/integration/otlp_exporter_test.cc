// The exporter of traces against collectors that answer, refuse, and hang.
#include "trace/otlp_exporter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <future>
#include <memory>
#include <string>

#include "runtime/clock.h"
#include "tests/integration/scripted_peer.h"

namespace webhook::trace {
namespace {

using std::chrono::milliseconds;
using ::testing::HasSubstr;
using ::testing::StartsWith;

class OtlpExporterTest : public ::testing::Test {
 protected:
  void Start(const ScriptedPeer& peer, const std::string& path = "") {
    const std::string endpoint = "http://127.0.0.1:" + std::to_string(peer.port()) + path;
    auto started = OtlpExporter::Start({endpoint, 1}, "event-ingest", registry);
    ASSERT_TRUE(started) << started.error().message;
    exporter = std::move(*started);
  }
  void Emit(int count) {
    for (int i = 0; i < count; ++i) {
      Span span;
      span.name = "publish";
      exporter->tracing().spans.Emit(std::move(span));
    }
  }
  // "exported 1 dropped 2"
  std::string Counted() const {
    const std::string text = registry.Render();
    std::string told;
    for (const std::string result : {"exported", "dropped"}) {
      const std::string line = "webhook_trace_spans_total{result=\"" + result + "\"} ";
      const std::size_t at = text.find(line) + line.size();
      told += (told.empty() ? "" : " ") + result + " " + text.substr(at, text.find('\n', at) - at);
    }
    return told;
  }

  metrics::Registry registry;
  std::unique_ptr<OtlpExporter> exporter;
};

constexpr char kOk[] = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}";

TEST_F(OtlpExporterTest, IsNullWithoutAnEndpoint) {
  EXPECT_EQ(*OtlpExporter::Start({}, "event-ingest", registry), nullptr);
}

TEST_F(OtlpExporterTest, SendsWhatThereIsEachSecond) {
  std::promise<std::string> came;
  const ScriptedPeer peer([&](PeerConnection& connection, int) {
    came.set_value(connection.ReadRequest());
    connection.Write(kOk);
    connection.Hold();
  });
  Start(peer, "/otlp/");
  Emit(2);
  const std::string request = came.get_future().get();
  EXPECT_THAT(request, StartsWith("POST /otlp/v1/traces HTTP/1.1\r\n"));
  EXPECT_THAT(request, HasSubstr("Content-Type: application/json\r\n"));
  EXPECT_THAT(request, HasSubstr(R"({"stringValue":"event-ingest"})"));
  exporter->Drain(milliseconds{5'000});
  EXPECT_EQ(Counted(), "exported 2 dropped 0");
}

TEST_F(OtlpExporterTest, SendsAFullBatchAtOnceAndTheRestAtTheEnd) {
  const ScriptedPeer peer([&](PeerConnection& connection, int) {
    while (!connection.ReadRequest().empty()) connection.Write(kOk);
  });
  Start(peer);
  Emit(513);
  exporter->Drain(milliseconds{5'000});
  EXPECT_EQ(Counted(), "exported 513 dropped 0");
  Emit(1);
  EXPECT_EQ(Counted(), "exported 513 dropped 1");
}

TEST_F(OtlpExporterTest, DropsWhatTheCollectorRefuses) {
  const ScriptedPeer peer([&](PeerConnection& connection, int) {
    connection.ReadRequest();
    connection.Write("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n");
    connection.Hold();
  });
  Start(peer);
  Emit(600);
  exporter->Drain(milliseconds{5'000});
  EXPECT_EQ(Counted(), "exported 0 dropped 600");
}

TEST_F(OtlpExporterTest, EndsInItsTimeWhereTheCollectorHangs) {
  const ScriptedPeer peer([&](PeerConnection& connection, int) {
    connection.ReadRequest();
    connection.Hold();
  });
  Start(peer);
  Emit(600);
  const MonoTime before = runtime::ReadClock().mono;
  exporter->Drain(milliseconds{300});
  EXPECT_LT(runtime::ReadClock().mono - before, milliseconds{2'000});
  EXPECT_EQ(Counted(), "exported 0 dropped 600");
}

TEST_F(OtlpExporterTest, EndsWithoutADrainToo) {
  const ScriptedPeer peer([&](PeerConnection& connection, int) {
    connection.ReadRequest();
    connection.Hold();
  });
  Start(peer);
  Emit(512);
  exporter.reset();
}

}  // namespace
}  // namespace webhook::trace
