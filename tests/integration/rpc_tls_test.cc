// gRPC with mutual TLS: who is refused, what the log says of it, and a certificate that is renewed under
// load.
#include "rpc/tls.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <fstream>
#include <functional>
#include <iterator>
#include <memory>
#include <string>

#include "rpc/server.h"
#include "runtime/clock.h"
#include "runtime/stop_token.h"
#include "runtime/thread.h"
#include "tests/integration/authority.h"
#include "webhook/v1/admin.grpc.pb.h"

namespace webhook::rpc {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::HasSubstr;

class Echo final : public v1::AdminService::Service {
  grpc::Status ListAccounts(grpc::ServerContext*, const v1::ListAccountsRequest*,
                            v1::ListAccountsResponse*) override {
    return grpc::Status::OK;
  }
};

const std::string kHost = "127.0.0.1";

// When the certificate runs out that the metrics tell of.
double ExpiryIn(const std::string& metrics) {
  constexpr char kName[] = "webhook_tls_certificate_expiry_timestamp_seconds{use=\"grpc\"} ";
  return std::stod(metrics.substr(metrics.find(kName) + sizeof kName - 1));
}

class RpcTlsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    authority_.Certify("server", "IP:127.0.0.1");
    authority_.Certify("worker", "DNS:delivery-worker.example");
    authority_.Certify("stranger", "DNS:stranger.example");
    authority_.Certify("expired", "DNS:delivery-worker.example", "-days -1");
    TlsFiles files = FilesOf("server");
    files.client_sans = {"delivery-worker.example"};
    identity_ = Identity::Load(files, &metrics_).value();
    ServerOptions options;
    options.address = "0.0.0.0:0";  // 127.0.0.2 leads here too
    options.identity = identity_;
    server_ = std::move(Server::Start(options, {Offer<v1::AdminService>(&service_)}).value());
    port_ = server_->address().substr(server_->address().rfind(':'));
  }

  TlsFiles FilesOf(const std::string& name) const {
    return {authority_ / (name + ".pem"), authority_ / (name + ".key"), authority_ / "ca.pem"};
  }
  std::string Read(const std::string& file) const {
    std::ifstream stream(authority_ / file);
    return {std::istreambuf_iterator<char>(stream), {}};
  }
  // A caller of gRPC's own making, which looks at nothing of itself.
  std::shared_ptr<grpc::ChannelCredentials> CredentialsOf(const std::string& name) const {
    grpc::SslCredentialsOptions options;
    options.pem_root_certs = Read("ca.pem");
    if (!name.empty()) {
      options.pem_cert_chain = Read(name + ".pem");
      options.pem_private_key = Read(name + ".key");
    }
    return grpc::SslCredentials(options);
  }
  grpc::StatusCode Call(const std::shared_ptr<grpc::Channel>& channel) const {
    grpc::ClientContext context;
    context.set_deadline(
        std::chrono::system_clock::time_point(runtime::ReadClock().wall.time_since_epoch() + seconds(5)));
    v1::ListAccountsResponse response;
    return v1::AdminService::NewStub(channel)
        ->ListAccounts(&context, v1::ListAccountsRequest(), &response)
        .error_code();
  }
  // With a connection of its own.
  grpc::StatusCode CallAs(const std::shared_ptr<grpc::ChannelCredentials>& credentials) const {
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    return Call(grpc::CreateCustomChannel(kHost + port_, credentials, arguments));
  }
  // What the log says while the caller is refused.
  std::string Refused(const std::shared_ptr<grpc::ChannelCredentials>& credentials) const {
    ::testing::internal::CaptureStderr();
    EXPECT_EQ(CallAs(credentials), grpc::StatusCode::UNAVAILABLE);
    runtime::StopToken().WaitFor(milliseconds(200));
    return ::testing::internal::GetCapturedStderr();
  }

  const Authority authority_;
  metrics::Registry metrics_;
  Echo service_;
  std::shared_ptr<Identity> identity_;
  std::unique_ptr<Server> server_;
  std::string port_;
};

TEST_F(RpcTlsTest, APeerThatIsNamedIsServed) {
  const auto worker = Identity::Load(FilesOf("worker"), nullptr).value();
  EXPECT_EQ(Call(MakeChannel(kHost + port_, *worker)), grpc::StatusCode::OK);
  EXPECT_THAT(metrics_.Render(), HasSubstr("webhook_tls_certificate_expiry_timestamp_seconds{use=\"grpc\"}"));
}

TEST_F(RpcTlsTest, OthersAreRefusedAndTheLogSaysWhy) {
  EXPECT_THAT(Refused(CredentialsOf("stranger")), HasSubstr("stranger.example"));
  EXPECT_THAT(Refused(CredentialsOf("expired")), HasSubstr("rpc.handshake_failed"));
  EXPECT_THAT(Refused(CredentialsOf("")), HasSubstr("peer did not return a certificate"));
  EXPECT_THAT(Refused(grpc::InsecureChannelCredentials()), HasSubstr("rpc.handshake_failed"));
}

TEST_F(RpcTlsTest, AServerOfAnotherNameIsNotCalled) {
  const auto worker = Identity::Load(FilesOf("worker"), nullptr).value();
  EXPECT_EQ(Call(MakeChannel("127.0.0.2" + port_, *worker)), grpc::StatusCode::UNAVAILABLE);
}

TEST_F(RpcTlsTest, WhatIsNoIdentityIsToldAtOnce) {
  TlsFiles mixed = FilesOf("worker");
  mixed.key = authority_ / "stranger.key";
  EXPECT_THAT(Identity::Load(mixed, nullptr).error().message, HasSubstr("not the certificate's"));
  EXPECT_THAT(Identity::Load(FilesOf("expired"), nullptr).error().message, HasSubstr("expired"));
  // A common template; each service calls others with what it shows to them.
  authority_.Certify("server-only", "DNS:localhost,IP:127.0.0.1", "-days 2", "extendedKeyUsage=serverAuth");
  EXPECT_THAT(Identity::Load(FilesOf("server-only"), nullptr).error().message, HasSubstr("as a client's"));
  EXPECT_THAT(Identity::Load(FilesOf("nobody"), nullptr).error().message, HasSubstr("nobody.pem"));
}

TEST_F(RpcTlsTest, ARenewalUnderLoadDropsNoCall) {
  const auto worker = Identity::Load(FilesOf("worker"), nullptr).value();
  const auto kept = MakeChannel(kHost + port_, *worker);
  std::atomic<bool> stop{false};
  std::atomic<int> failed{0};
  std::atomic<int> made{0};
  const auto load = [&](bool new_connections) {
    while (!stop) {
      const auto code = new_connections ? Call(MakeChannel(kHost + port_, *worker)) : Call(kept);
      failed += code != grpc::StatusCode::OK;
      EXPECT_EQ(code, grpc::StatusCode::OK);
      ++made;
    }
  };
  runtime::Thread on_one("load-1", [&] { load(false); });
  runtime::Thread on_new("load-2", [&] { load(true); });
  const auto until = [](const std::function<bool()>& holds) {
    for (int i = 0; i < 100 && !holds(); ++i) runtime::StopToken().WaitFor(milliseconds(100));
    return holds();
  };
  const std::string before = metrics_.Render();

  // A pair that does not fit: the one before stays.
  authority_.Certify("next", "IP:127.0.0.1", "-days 30");
  authority_.Run("cp server.key server.key.old && cp next.key server.key");
  EXPECT_TRUE(until([&] {
    return metrics_.Render().find("webhook_tls_renewals_refused_total{use=\"grpc\"} 1") != std::string::npos;
  }));
  EXPECT_EQ(CallAs(CredentialsOf("worker")), grpc::StatusCode::OK);

  authority_.Run("cp next.pem server.pem.new && mv server.pem.new server.pem");
  EXPECT_TRUE(until([&] {
    return metrics_.Render().find("renewals_refused_total{use=\"grpc\"} 1") != std::string::npos &&
           ExpiryIn(metrics_.Render()) > ExpiryIn(before);
  }));
  runtime::StopToken().WaitFor(seconds(3));  // gRPC looks each second
  stop = true;
  on_one.Join();
  on_new.Join();
  EXPECT_GT(made, 100);
  EXPECT_EQ(failed, 0);
}

}  // namespace
}  // namespace webhook::rpc
