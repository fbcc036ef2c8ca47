#pragma once

#include <openssl/ssl.h>

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "core/result.h"

namespace webhook::load {

// The raw sender's side of TLS: OpenSSL straight on the socket, the peer's chain and address checked as
// libs/http checks them, the last session of each host kept. One thread.
class RawTls {
 public:
  // resume: sessions are used again. kInvalid where the file cannot be read.
  static Result<std::unique_ptr<RawTls>> Create(const std::string& ca_file, std::size_t hosts, bool resume);
  ~RawTls();

  // Ready for its handshake; the caller frees it.
  SSL* Connect(int fd, std::size_t host, const std::string& address);

 private:
  RawTls() = default;
  static int OnNewSession(SSL* ssl, SSL_SESSION* session);

  SSL_CTX* context_ = nullptr;
  std::vector<SSL_SESSION*> sessions_;  // by host; null: none
};

}  // namespace webhook::load
