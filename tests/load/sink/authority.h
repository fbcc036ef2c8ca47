#pragma once

#include <openssl/ssl.h>

#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>

#include "core/result.h"

namespace webhook::load {

// An authority that lives as long as the process, and certificates for addresses of this machine, made when
// they are first asked for: one P-256 key for all, so that only a handshake costs. One thread.
class Authority {
 public:
  Authority();
  ~Authority();
  Authority(const Authority&) = delete;
  Authority& operator=(const Authority&) = delete;

  // Writes the authority's own certificate, for clients to trust. kUnavailable where that fails.
  Status WriteTo(const std::string& file) const;
  // The certificate for an IPv4 address in network order; valid as long as the authority.
  X509* For(std::uint32_t address);
  EVP_PKEY* key() const { return key_; }

 private:
  X509* Make(const std::string& name, X509* issuer, const std::string& alternative_name);

  EVP_PKEY* key_;
  X509* own_;
  long last_serial_ = 0;
  std::unordered_map<std::uint32_t, X509*> made_;
};

}  // namespace webhook::load
