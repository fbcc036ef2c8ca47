#include "services/delivery-worker/engine/admission.h"

namespace webhook {
namespace {

template <typename Map, typename Key>
void Release(Map* places, const Key& key) {
  const auto found = places->find(key);
  if (--found->second == 0) places->erase(found);
}

}  // namespace

std::string_view AuthorityOf(std::string_view url) {
  const std::size_t scheme = url.find("://");
  if (scheme == std::string_view::npos) return url;
  url.remove_prefix(scheme + 3);
  return url.substr(0, url.find_first_of("/?#"));
}

bool Admission::Enter(const Webhook& webhook, double share) {
  if (static_cast<double>(in_flight_) >= static_cast<double>(limits_.total) * share) return false;
  std::size_t& account = by_account_[webhook.account];
  std::size_t& host = by_host_[std::string(AuthorityOf(webhook.url))];
  const bool free = account < limits_.account && host < limits_.host;
  ++account;
  ++host;
  ++in_flight_;
  if (!free) Leave(webhook);
  return free;
}

void Admission::Leave(const Webhook& webhook) {
  Release(&by_account_, webhook.account);
  Release(&by_host_, std::string(AuthorityOf(webhook.url)));
  --in_flight_;
}

}  // namespace webhook
