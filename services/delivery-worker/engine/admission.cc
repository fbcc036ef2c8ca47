#include "services/delivery-worker/engine/admission.h"

#include <utility>

namespace webhook {

std::string_view AuthorityOf(std::string_view url) {
  const std::size_t scheme = url.find("://");
  if (scheme == std::string_view::npos) return url;
  url.remove_prefix(scheme + 3);
  return url.substr(0, url.find_first_of("/?"));
}

void Admission::Line::CallFirst() {
  const Turn turn = std::move(turns.front());
  turns.pop_front();
  served = true;
  turn();
  served = false;
}

template <typename Key>
bool Admission::Scarce<Key>::Enter(const Key& key, Turn& turn) {
  const auto line = lines.find(key);
  const bool free = places.IsFree(key);
  if (line == lines.end() ? free : line->second.Admits(free)) return places.Enter(key);
  lines[key].turns.push_back(std::move(turn));
  return false;
}

// Whoever is called either takes a place, or goes into another line, or goes home: the line gets shorter.
template <typename Key>
void Admission::Scarce<Key>::Serve(const Key& key) {
  const auto found = lines.find(key);
  if (found == lines.end()) return;
  Line& line = found->second;  // stays where it is when lines are added
  while (!line.turns.empty() && places.IsFree(key)) line.CallFirst();
  if (line.turns.empty()) lines.erase(key);
}

Admission::Admission(const AdmissionLimits& limits)
    : total_(limits.total),
      accounts_{Places<AccountId>(limits.account), {}},
      hosts_{Places<std::string>(limits.host), {}} {}

bool Admission::IsFree() const {
  return static_cast<double>(in_flight_) < static_cast<double>(total_) * share_;
}

bool Admission::Enter(const Webhook& webhook, Turn turn) {
  if (!line_.Admits(IsFree())) {
    line_.turns.push_back(std::move(turn));
    return false;
  }
  if (!accounts_.Enter(webhook.account, turn)) return false;
  if (!hosts_.Enter(std::string(AuthorityOf(webhook.url)), turn)) {
    accounts_.places.Leave(webhook.account);
    return false;
  }
  ++in_flight_;
  return true;
}

void Admission::Leave(const Webhook& webhook) {
  const std::string host(AuthorityOf(webhook.url));
  accounts_.places.Leave(webhook.account);
  hosts_.places.Leave(host);
  --in_flight_;
  ServeAll();
  accounts_.Serve(webhook.account);
  hosts_.Serve(host);
}

void Admission::SetShare(double share) {
  share_ = share;
  ServeAll();
}

void Admission::ServeAll() {
  while (!line_.turns.empty() && IsFree()) line_.CallFirst();
}

}  // namespace webhook
