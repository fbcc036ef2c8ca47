#pragma once

#include <openssl/ssl.h>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>

#include "core/time.h"

namespace webhook::http {

// The last TLS session of each origin of one sender (a ConnectionPool's key), to resume. A resumed session
// proves again that the peer is whom it was, not that its certificate still holds: each is therefore offered
// only as long as one may rely on the handshake that verified it. No lock.
class TlsSessions {
 public:
  static constexpr std::size_t kMax = 1'000;
  static constexpr std::chrono::hours kMaxAge{1};

  struct FreeSession {
    void operator()(SSL_SESSION* session) const { SSL_SESSION_free(session); }
  };
  using Owned = std::unique_ptr<SSL_SESSION, FreeSession>;
  struct Entry {
    Owned session;
    MonoTime verified_at{};  // when a whole handshake began, the session's or that of the one it comes from
    WallTime valid_until{};  // as far as its peer's certificate says
  };

  // Instead of the key's other; of another key's where there are kMax.
  void Keep(const std::string& key, Entry entry);
  // What to offer for the key; null: nothing, and what had been kept too long is forgotten. Good until the
  // next call.
  const Entry* Find(const std::string& key, const Now& now);
  void Forget(const std::string& key) { entries_.erase(key); }

 private:
  std::unordered_map<std::string, Entry> entries_;
};

// The end of a certificate's validity; nullopt: it cannot be read.
std::optional<WallTime> ValidUntil(const X509* certificate);

}  // namespace webhook::http
