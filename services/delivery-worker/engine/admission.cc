#include "services/delivery-worker/engine/admission.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace webhook {

std::string_view AuthorityOf(std::string_view url) {
  const std::size_t scheme = url.find("://");
  if (scheme == std::string_view::npos) return url;
  url.remove_prefix(scheme + 3);
  return url.substr(0, url.find_first_of("/?"));
}

Admission::Admission(const AdmissionLimits& limits, std::function<void()> ask_turn)
    : total_(limits.total),
      in_turn_most_(limits.in_turn),
      ask_turn_(std::move(ask_turn)),
      left_in_turn_(limits.in_turn),
      accounts_{&memory_, Places<AccountId>(limits.account), {}},
      hosts_{&memory_, Places<ShortText>(limits.host), {}} {}

std::size_t Admission::Free() const {
  const auto open = static_cast<std::size_t>(std::ceil(static_cast<double>(total_) * share_));
  return open > in_flight_ ? std::min(open - in_flight_, left_in_turn_) : 0;
}

void Admission::AskTurn() {
  if (left_in_turn_ > 0 || line_.empty() || std::exchange(turn_asked_, true)) return;
  ask_turn_();
}

void Admission::BeginTurn() {
  turn_asked_ = false;
  left_in_turn_ = in_turn_most_;
  ServeAll();
  AskTurn();
}

std::pair<Place, Admission::Line*> Admission::LineFor(const AccountId& account, std::string_view host) {
  if (!asking_) {
    if (Line* const line = hosts_.Waiting(host)) return {Place::kCrowded, line};
    if (Line* const line = accounts_.Waiting(account)) return {Place::kCrowded, line};
    if (!line_.empty()) return {Place::kInLine, &line_};
  }
  if (Free() == 0) return {Place::kInLine, &line_};
  if (accounts_.places.Free(account) == 0) return {Place::kCrowded, accounts_.LineOf(account)};
  if (hosts_.places.Free(host) == 0) return {Place::kCrowded, hosts_.LineOf(host)};
  return {Place::kTaken, nullptr};
}

Place Admission::Enter(const std::shared_ptr<const Webhook>& webhook, const std::weak_ptr<Asker>& asker) {
  const std::string_view host = AuthorityOf(webhook->url);
  const auto [place, line] = LineFor(webhook->account, host);
  if (line != nullptr) {
    line->Push(webhook->account, {asker, webhook});
    AskTurn();
    return place;
  }
  static_cast<void>(accounts_.places.Enter(webhook->account));
  static_cast<void>(hosts_.places.Enter(host));
  ++in_flight_;
  --left_in_turn_;
  asking_ = false;  // a turn is one place
  return Place::kTaken;
}

void Admission::Leave(const Webhook& webhook) {
  const std::string_view host = AuthorityOf(webhook.url);
  accounts_.places.Leave(webhook.account);
  hosts_.places.Leave(host);
  --in_flight_;
  ServeAll();
  Serve(accounts_, webhook.account);
  Serve(hosts_, host);
  AskTurn();
}

void Admission::SetShare(double share) {
  share_ = share;
  ServeAll();
  AskTurn();
}

void Admission::Call(const Waiter& waiter) {
  asking_ = true;
  if (const auto asker = waiter.asker.lock()) asker->OnTurn(*waiter.webhook);
  asking_ = false;
}

// Each step makes the line shorter: who finds all places of its account or host taken waits in their line
// from then on, and Serve() puts others into this one only where no place is free.
void Admission::ServeAll() {
  while (!line_.empty() && Free() > 0) {
    const Waiter first = line_.Pop();
    Call(first);
    // It may have stood here for a place of theirs that it leaves to others.
    Serve(accounts_, first.webhook->account);
    Serve(hosts_, AuthorityOf(first.webhook->url));
  }
}

template <typename Key, typename Name>
void Admission::Serve(Scarce<Key>& scarce, const Name& key) {
  Line* const line = scarce.Waiting(key);  // stays where it is when lines are added
  if (line == nullptr) return;
  for (std::size_t free = scarce.places.Free(key); free > 0 && !line->empty();) {
    Waiter first = line->Pop();
    if (Free() > 0) {
      Call(first);
      free = scarce.places.Free(key);
    } else {
      const std::shared_ptr<const Webhook> webhook = first.webhook;
      line_.Push(webhook->account, std::move(first));
      --free;
    }
  }
  if (line->empty()) scarce.lines.erase(key);
}

}  // namespace webhook
