#include "rpc/tls.h"

#include <grpcpp/security/tls_certificate_provider.h>
#include <grpcpp/security/tls_certificate_verifier.h>
#include <grpcpp/security/tls_credentials_options.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "crypto/certificate.h"
#include "log/log.h"
#include "metrics/families.h"
#include "runtime/clock.h"
#include "runtime/memory_file.h"
#include "runtime/stop_token.h"
#include "runtime/thread.h"

namespace webhook::rpc {
namespace {

namespace tls = grpc::experimental;

constexpr std::chrono::milliseconds kLook{2'000};
constexpr unsigned kWatchSeconds = 1;

class Plaintext final : public Identity {
 public:
  std::shared_ptr<grpc::ServerCredentials> ServerCredentials() const override {
    return grpc::InsecureServerCredentials();
  }
  std::shared_ptr<grpc::ChannelCredentials> ChannelCredentials() const override {
    return grpc::InsecureChannelCredentials();
  }
};

// Refuses callers whose certificate, which is good, names none of these.
class NamedCallers final : public tls::ExternalCertificateVerifier {
 public:
  explicit NamedCallers(std::vector<std::string> names) : names_(std::move(names)) {}

  bool Verify(tls::TlsCustomVerificationCheckRequest* request, std::function<void(grpc::Status)>,
              grpc::Status* sync_status) override {
    std::string told;
    for (const grpc::string_ref& name : request->dns_names()) {
      const std::string text(name.data(), name.size());
      if (std::find(names_.begin(), names_.end(), text) != names_.end()) return true;
      told += (told.empty() ? "" : ", ") + text;
    }
    log::Warn("rpc.caller_refused",
              {{"reason", "its certificate names none of tls-client-sans"}, {"name", told}});
    *sync_status = grpc::Status(grpc::StatusCode::UNAUTHENTICATED, "the certificate's names are not allowed");
    return true;
  }
  void Cancel(tls::TlsCustomVerificationCheckRequest*) override {}

 private:
  const std::vector<std::string> names_;
};

struct Pems {
  std::string cert;
  std::string key;
  std::string ca;
  bool operator==(const Pems&) const = default;
};

Result<std::string> ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return Error{ErrorCode::kInvalid, "unreadable_file", "cannot read " + path};
  return std::string{std::istreambuf_iterator<char>(file), {}};
}

Result<Pems> ReadAll(const TlsFiles& files) {
  Pems pems;
  for (const auto& [path, text] : {std::pair{&files.cert, &pems.cert}, std::pair{&files.key, &pems.key},
                                   std::pair{&files.ca, &pems.ca}}) {
    auto read = ReadFile(*path);
    if (!read) return read.error();
    *text = std::move(*read);
  }
  return pems;
}

// gRPC's own watcher swaps in whatever it finds, a key that is of another certificate too, and then refuses
// everybody. So it watches copies in memory, which are replaced only by what was found good; key and
// certificate in one file, so that it never sees one without the other.
class MutualTls final : public Identity {
 public:
  MutualTls(TlsFiles files, metrics::Registry* metrics)
      : files_(std::move(files)), own_("tls-identity"), authorities_("tls-authorities") {
    if (metrics == nullptr) return;
    expiry_.emplace(metrics->Make(metrics::kTlsExpiry, {{"use", "grpc"}}));
    refused_.emplace(metrics->Make(metrics::kTlsRefused, {{"use", "grpc"}}));
  }

  Status Begin() {
    if (Status renewed = Renew(); !renewed) return renewed;
    provider_ = std::make_shared<tls::FileWatcherCertificateProvider>(own_.path(), own_.path(),
                                                                      authorities_.path(), kWatchSeconds);
    thread_ = runtime::Thread("tls", [this] { Watch(); });
    return Ok();
  }

  ~MutualTls() override {
    stop_.RequestStop();
    thread_.Join();
  }

  std::shared_ptr<grpc::ServerCredentials> ServerCredentials() const override {
    tls::TlsServerCredentialsOptions options(provider_);
    options.watch_root_certs();
    options.watch_identity_key_cert_pairs();
    options.set_cert_request_type(GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
    if (!files_.client_sans.empty())
      options.set_certificate_verifier(
          tls::ExternalCertificateVerifier::Create<NamedCallers>(files_.client_sans));
    return tls::TlsServerCredentials(options);
  }

  std::shared_ptr<grpc::ChannelCredentials> ChannelCredentials() const override {
    tls::TlsChannelCredentialsOptions options;
    options.set_certificate_provider(provider_);
    options.watch_root_certs();
    options.watch_identity_key_cert_pairs();
    return tls::TlsCredentials(options);
  }

 private:
  Status Renew() {
    auto read = ReadAll(files_);
    if (!read) return read.error();
    if (*read == current_) return Ok();
    const auto facts = crypto::CheckIdentity(read->cert, read->key, read->ca, runtime::ReadClock().wall);
    if (!facts) return facts.error();
    const bool first = current_.cert.empty();
    own_.Replace(read->key + "\n" + read->cert);
    authorities_.Replace(read->ca);
    current_ = std::move(*read);
    if (expiry_) expiry_->Set(std::chrono::duration<double>(facts->expires_at.time_since_epoch()).count());
    if (!first)
      log::Info("tls.renewed", {{"file", files_.cert}, {"expires_at", FormatSeconds(facts->expires_at)}});
    return Ok();
  }

  // Who renews may be seen between two files: bad is what is bad at two looks.
  void Watch() {
    int bad = 0;
    while (!stop_.WaitFor(kLook)) {
      const Status renewed = Renew();
      bad = renewed ? 0 : bad + 1;
      if (bad != 2) continue;
      if (refused_) refused_->Add();
      log::Error("tls.renewal_refused", {{"file", files_.cert}, {"error", renewed.error().message}});
    }
  }

  const TlsFiles files_;
  runtime::MemoryFile own_;  // key and certificates
  runtime::MemoryFile authorities_;
  Pems current_;
  std::optional<metrics::Gauge> expiry_;
  std::optional<metrics::Counter> refused_;
  std::shared_ptr<tls::FileWatcherCertificateProvider> provider_;
  runtime::StopToken stop_;
  runtime::Thread thread_;
};

}  // namespace

Result<std::shared_ptr<Identity>> Identity::Load(const TlsFiles& files, metrics::Registry* metrics) {
  if (!files.enabled()) return std::shared_ptr<Identity>(std::make_shared<Plaintext>());
  auto identity = std::make_shared<MutualTls>(files, metrics);
  if (Status begun = identity->Begin(); !begun) return begun.error();
  return std::shared_ptr<Identity>(std::move(identity));
}

}  // namespace webhook::rpc
