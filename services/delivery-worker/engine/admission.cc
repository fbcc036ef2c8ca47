#include "services/delivery-worker/engine/admission.h"

namespace webhook {
std::string_view AuthorityOf(std::string_view url) {
  const std::size_t scheme = url.find("://");
  if (scheme == std::string_view::npos) return url;
  url.remove_prefix(scheme + 3);
  return url.substr(0, url.find_first_of("/?#"));
}

bool Admission::Enter(const Webhook& webhook, double share) {
  if (static_cast<double>(in_flight_) >= static_cast<double>(total_) * share) return false;
  if (!accounts_.Enter(webhook.account)) return false;
  if (!hosts_.Enter(std::string(AuthorityOf(webhook.url)))) {
    accounts_.Leave(webhook.account);
    return false;
  }
  ++in_flight_;
  return true;
}

void Admission::Leave(const Webhook& webhook) {
  accounts_.Leave(webhook.account);
  hosts_.Leave(std::string(AuthorityOf(webhook.url)));
  --in_flight_;
}

}  // namespace webhook
