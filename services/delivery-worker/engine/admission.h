#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "core/places.h"
#include "domain/ids.h"
#include "domain/webhook.h"

namespace webhook {

// Requests in flight at once, of one thread that delivers.
struct AdmissionLimits {
  std::size_t total = 4'000;
  std::size_t account = 1'000;  // of one account: no account can occupy the worker
  std::size_t host = 64;        // to one host and port, whoever registered it
};

// The places in flight that the lanes of one thread share. An endpoint's own limits are its gate's. Pure; no
// lock.
class Admission {
 public:
  explicit Admission(const AdmissionLimits& limits)
      : total_(limits.total), accounts_(limits.account), hosts_(limits.host) {}

  // Takes a place for a request to the webhook, of this share of all. False: none is free; ask again later.
  [[nodiscard]] bool Enter(const Webhook& webhook, double share = 1);
  // Gives it back. REQUIRES: the same account and URL.
  void Leave(const Webhook& webhook);

  std::size_t in_flight() const { return in_flight_; }

 private:
  const std::size_t total_;
  std::size_t in_flight_ = 0;
  Places<AccountId> accounts_;
  Places<std::string> hosts_;
};

// "host:port" of a normalised, absolute URL, as it is written there.
std::string_view AuthorityOf(std::string_view url);

}  // namespace webhook
