#pragma once

#include <grpcpp/grpcpp.h>

#include <chrono>
#include <memory>

#include "core/result.h"
#include "metrics/metrics.h"
#include "rpc/tls_files.h"

namespace webhook::rpc {

// Who this process is on gRPC connections: plaintext, or mutual TLS with files that may be renewed. They are
// looked at every few seconds; a pair that is not good (CheckIdentity of crypto/certificate.h) is told, and
// the last good one stays. Connections that stand are not touched. From any thread.
class Identity {
 public:
  // Plaintext where `files` names none. Else kInvalid where the files are not good now. `metrics` may be
  // null.
  static Result<std::shared_ptr<Identity>> Load(const TlsFiles& files, metrics::Registry* metrics);
  virtual ~Identity() = default;

  // Live as long as they are used, whatever becomes of the Identity; only it renews them.
  virtual std::shared_ptr<grpc::ServerCredentials> ServerCredentials() const = 0;
  virtual std::shared_ptr<grpc::ChannelCredentials> ChannelCredentials() const = 0;
};

}  // namespace webhook::rpc
