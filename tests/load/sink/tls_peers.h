#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>

#include "core/result.h"
#include "tests/load/sink/authority.h"

namespace webhook::load {

// The TLS of the sink's connections: OpenSSL straight on each socket, a certificate for the address that was
// dialled. One thread.
class TlsPeers {
 public:
  // Writes the certificate that clients are to trust to `ca_file`. kUnavailable where that fails.
  static Result<std::unique_ptr<TlsPeers>> Create(const std::string& ca_file);
  ~TlsPeers();

  // A connection that was accepted. tickets: it may be resumed.
  void Add(int fd, bool tickets);
  // Bytes of the peer's, after its handshake; 0: none yet; nullopt: it is over.
  std::optional<std::size_t> Read(int fd, std::span<char> into);
  bool Write(int fd, std::string_view text);
  void Remove(int fd);

  // Handshakes that ended well, and those among them that resumed a session, since they were last set to 0.
  std::uint64_t handshakes = 0;
  std::uint64_t resumed = 0;

 private:
  struct Peer {
    SSL* ssl;
    bool ready = false;
  };

  TlsPeers() = default;

  Authority authority_;
  SSL_CTX* with_tickets_ = nullptr;
  SSL_CTX* without_tickets_ = nullptr;
  std::unordered_map<int, Peer> peers_;
};

}  // namespace webhook::load
