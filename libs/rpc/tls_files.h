#pragma once

#include <string>
#include <vector>

namespace webhook::rpc {

// Mutual TLS of the platform's gRPC. The three files (PEM) are all named, or none is: plaintext.
struct TlsFiles {
  std::string cert;  // of this process, as server and as client, with what leads to the authority
  std::string key;
  std::string ca;  // authorities of the other side's certificates
  // DNS names of which a caller's certificate must have one; empty: whom an authority vouches for.
  std::vector<std::string> client_sans = {};

  bool enabled() const { return !cert.empty(); }
};

}  // namespace webhook::rpc
