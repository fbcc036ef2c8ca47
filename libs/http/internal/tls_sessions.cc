#include "http/internal/tls_sessions.h"

#include <ctime>
#include <utility>

namespace webhook::http {

void TlsSessions::Keep(const std::string& key, Entry entry) {
  if (entries_.size() >= kMax && !entries_.contains(key)) entries_.erase(entries_.begin());
  entries_.insert_or_assign(key, std::move(entry));
}

const TlsSessions::Entry* TlsSessions::Find(const std::string& key, const Now& now) {
  const auto found = entries_.find(key);
  if (found == entries_.end()) return nullptr;
  const Entry& entry = found->second;
  if (now.mono - entry.verified_at < kMaxAge && now.wall < entry.valid_until) return &entry;
  entries_.erase(found);
  return nullptr;
}

std::optional<WallTime> ValidUntil(const X509* certificate) {
  if (certificate == nullptr) return std::nullopt;
  std::tm broken_down{};
  if (ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &broken_down) != 1) return std::nullopt;
  return WallTime(std::chrono::seconds(timegm(&broken_down)));
}

}  // namespace webhook::http
