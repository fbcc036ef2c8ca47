#include "tests/sim/checker.h"

#include <algorithm>
#include <cstdio>

#include "domain/event_pattern.h"
#include "tests/sim/trace.h"

namespace webhook::sim {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// What a delivery that is due within this is taken for due (delivery_lane.cc).
constexpr milliseconds kDueNow{1};
// What a new owner reads at least (adapters/attempts_reader.cc).
constexpr seconds kTail{65};

}  // namespace

void Counts::Add(const Counts& other) {
  requests += other.requests;
  duplicates += other.duplicates;
  strays += other.strays;
  deliveries += other.deliveries;
  parked += other.parked;
  commits += other.commits;
  kills += other.kills;
  handovers += other.handovers;
  faults += other.faults;
  most_parks = std::max(most_parks, other.most_parks);
}

Checker::Checker(VirtualClock& clock, SimLog& log, const CheckerOptions& options)
    : clock_(clock), log_(log), options_(options) {
  log.Observe([this](Place place, std::int64_t offset) { OnAppended(place, offset); });
}

void Checker::Fail(const std::string& invariant, const std::string& text) {
  if (!failure_) failure_ = Failure{invariant, text, clock_.time()};
}

void Checker::Note(const std::string& text) const {
  if (verbose()) std::printf("%12.6f %s\n", static_cast<double>(clock_.time().count()) / 1e6, text.c_str());
}

std::string Checker::Name(const Told& told, int attempt) const {
  return "event " + told.event->id.str() + ", " + told.webhook.str() + ", run " + std::to_string(told.run) +
         ", attempt " + std::to_string(attempt);
}

void Checker::OnWebhook(const Webhook& webhook) {
  endpoints_[webhook.id].webhook = webhook;
}

void Checker::OnPublish(const std::shared_ptr<const Event>& event) {
  const auto [found, first] = published_.try_emplace(event->id.str());
  if (!first) return;
  found->second.event = event;
  for (const auto& [id, endpoint] : endpoints_) {
    if (!gone_.contains(id) && endpoint.webhook.account == event->account &&
        MatchesAny(endpoint.webhook.events, event->type)) {
      found->second.matched.emplace(id, endpoint.webhook.revision);
    }
  }
}

void Checker::OnPublished(const EventId& event) {
  published_.at(event.str()).acknowledged = true;
}

Checker::Told& Checker::Of(const DeliveryId& id, int run) {
  auto& told = told_[id.str() + "#" + std::to_string(run)];
  if (!told) told = std::make_unique<Told>();
  return *told;
}

void Checker::OnTakenOver(Lane lane, int partition, bool blind) {
  ++owners_[partition];
  taken_over_[lane] = {clock_.time(), blind};
  if (!blind) return;
  OnTailRead(partition);
  // Who cannot read the attempts knows only what was committed.
  for (const auto& [owner, list] : uncommitted_) {
    for (const auto& [time, told] : list) {
      if (told->partition == partition) told->excused = true;
    }
  }
}

void Checker::OnTailRead(int partition) {
  for (Told* const told : open_) {
    if (told->partition == partition) told->excused = true;
  }
}

void Checker::OnOpened(Lane lane, const Delivery& delivery) {
  Told& told = Of(delivery.id, delivery.run);
  Endpoint& endpoint = endpoints_.at(delivery.webhook_id);
  CheckLateness(told, delivery.attempt, endpoint);
  ++told.open[lane];
  open_.insert(&told);
  if (++endpoint.in_flight >= GateLimits{}.first_in_flight) endpoint.full_until = Time::max() / 2;
}

void Checker::CheckLateness(Told& told, int number, const Endpoint& endpoint) {
  const Attempt& attempt = told.at(number);
  const RateLimit& limit = endpoint.webhook.rate_limit;
  if (!options_.idle || !attempt.due || attempt.writes > 0 || told.parks > 0 || limit.burst > 0 ||
      limit.per_minute > 0 || endpoint.straight_failures >= kProbing || attempt.own_fault.size() > 0 ||
      endpoint.full_until + seconds{1} > *attempt.due)
    return;
  if (clock_.time() > *attempt.due + seconds{1})
    Fail("lateness",
         "begun " + Seconds(clock_.time() - *attempt.due) + " after it was due: " + Name(told, number));
}

void Checker::OnClosed(Lane lane, const DeliveryId& id, int run) {
  Told& told = Of(id, run);
  if (--told.open[lane] <= 0) told.open.erase(lane);
  if (told.open.empty()) open_.erase(&told);
  Endpoint& endpoint = endpoints_.at(told.webhook);
  if (endpoint.in_flight-- >= GateLimits{}.first_in_flight) endpoint.full_until = clock_.time();
}

void Checker::Excuse(const DeliveryId& id, int run) {
  Told& told = Of(id, run);
  told.excused = true;
  if (verbose() && told.event) Note("may be repeated: " + Name(told, told.attempt));
}

bool Checker::MayRepeat(const Told& told, Lane lane) const {
  if (told.excused) return true;
  return std::any_of(told.open.begin(), told.open.end(),
                     [lane](const auto& entry) { return entry.first != lane; });
}

bool Checker::KnowsItsEnd(const Told& told, int attempt, Lane lane) const {
  const auto& [since, blind] = taken_over_.at(lane);
  return told.ended_at && told.ended_attempt < attempt && !blind && *told.ended_at < since - seconds{1} &&
         since - *told.ended_at < kTail;
}

bool Checker::IsStray(Told& told, int attempt, Lane lane) {
  const Attempt& made = told.at(attempt);
  const auto& [since, blind] = taken_over_.at(lane);
  return made.offsets.size() > 1 && made.recorded && (blind || *made.recorded + kTail < since);
}

void Checker::OnWritten(Lane lane, const Delivery& delivery, const Webhook& webhook) {
  ++counts_.requests;
  Told& told = Of(delivery.id, delivery.run);
  const std::string name = told.event ? Name(told, delivery.attempt) : delivery.id.str();
  const auto published = published_.find(delivery.event->id.str());
  if (published == published_.end() || published->second.event->account != webhook.account ||
      !endpoints_.contains(webhook.id) || !MatchesAny(webhook.events, delivery.event->type) || !told.in_log)
    return Fail("I2", "a request that nobody published: " + name);
  const auto matched = published->second.matched.find(webhook.id);
  if (matched != published->second.matched.end() && webhook.revision < matched->second)
    return Fail("I13", "sent by an older webhook than at its publishing: " + name);
  const std::string pair = delivery.event->id.str() + "|" + webhook.id.str();
  if (!ids_.try_emplace(pair, delivery.id).first->second.str().empty() && ids_.at(pair) != delivery.id)
    return Fail("I3", "a second delivery id: " + name);

  if (verbose()) Note("lane " + std::to_string(lane) + " sends " + name);
  const bool stray = IsStray(told, delivery.attempt, lane);
  const bool may_repeat = MayRepeat(told, lane) || stray;
  if (may_repeat) told.excused = true;  // a fork: what follows from it may come twice too
  Attempt& attempt = told.at(delivery.attempt);
  ++told.writes;
  if (++attempt.writes > 1) {
    ++counts_.duplicates;
    counts_.strays += stray ? 1 : 0;
    if (!may_repeat) return Fail("I4", "sent twice without a reason: " + name);
  }
  if (KnowsItsEnd(told, delivery.attempt, lane))
    return Fail("I7", "sent by an owner that has read of its end: " + name);
  if (told.success && !may_repeat) return Fail("I7", "sent after its success was recorded: " + name);
  const int most = static_cast<int>(webhook.retry_schedule.size()) + 1;
  if (delivery.attempt > most || (told.writes > most && !told.excused))
    return Fail("I6", "more attempts than the schedule has: " + name);
  if (delivery.attempt == 1 || attempt.writes > 1) return;

  const Attempt& before = told.at(delivery.attempt - 1);
  if (!before.ended) return Fail("I5", "sent while the attempt before it has not ended: " + name);
  const Time due = *before.ended + before.pause;
  if (clock_.time() + kDueNow + options_.skew < due)
    return Fail("I5", "sent " + Seconds(due - clock_.time()) + " too early: " + name);
}

void Checker::OnReceived(const WebhookId& webhook) {
  Endpoint& endpoint = endpoints_.at(webhook);
  endpoint.received.push_back(clock_.time());
  if (paced_.contains(webhook)) endpoint.all.push_back(clock_.time());
  const RateLimit& limit = endpoint.webhook.rate_limit;
  const auto check = [&](int most, Time window) {
    const auto& times = endpoint.received;
    if (most <= 0 || times.size() <= static_cast<std::size_t>(most)) return;
    if (times[times.size() - 1 - static_cast<std::size_t>(most)] + window <= clock_.time()) return;
    Fail("I8",
         "more than " + std::to_string(most) + " requests in " + Seconds(window) + " at " + webhook.str());
  };
  check(limit.burst, seconds{limit.burst_seconds});
  check(limit.per_minute, seconds{60});
  const auto longest = static_cast<std::size_t>(std::max(limit.burst, limit.per_minute)) + 1;
  while (endpoint.received.size() > longest) endpoint.received.pop_front();
}

void Checker::OnEnded(Lane lane, const Delivery& delivery, const Webhook& webhook, const HttpResult& result) {
  Told& told = Of(delivery.id, delivery.run);
  if (verbose()) {
    Note("lane " + std::to_string(lane) + " hears " + std::to_string(result.status) + " " + result.detail +
         " of " + Name(told, delivery.attempt));
  }
  Attempt& attempt = told.at(delivery.attempt);
  if (result.own_fault) {
    attempt.own_fault.insert(lane);
    if (!result.written_at) return;
    // The endpoint closed the connection before it had read any of it; its windows count it all the same.
    --attempt.writes;
    --told.writes;
    return;
  }
  attempt.own_fault.erase(lane);
  if (result.status >= 200 && result.status < 300) attempt.answered = true;
  if (!attempt.ended) {
    attempt.ended = clock_.time();
    const auto number = static_cast<std::size_t>(delivery.attempt);
    if (number <= webhook.retry_schedule.size()) {
      attempt.pause =
          std::chrono::duration_cast<Time>(webhook.retry_schedule[number - 1] * options_.time_scale);
    }
  }
  Endpoint& endpoint = endpoints_.at(webhook.id);
  if (endpoint.straight_failures >= kProbing)
    endpoint.full_until = std::max(endpoint.full_until, clock_.time());
  endpoint.straight_failures = result.status == 200 ? 0 : endpoint.straight_failures + 1;
}

void Checker::OnRecording(Lane lane, const AttemptRecord& record) {
  Told& told = Of(record.delivery_id, record.run);
  if (record.requested && told.at(record.attempt).own_fault.contains(lane))
    Fail("I21", "a fault of our own used up an attempt: " + Name(told, record.attempt));
  if (record.state == DeliveryState::kDelivered && !told.at(record.attempt).answered)
    Fail("I1", "recorded as delivered, and the endpoint never said so: " + Name(told, record.attempt));
}

void Checker::OnRecorded(Lane lane, const AttemptRecord& record) {
  Told& told = Of(record.delivery_id, record.run);
  if (record.state == DeliveryState::kDelivered) told.success = true;
  uncommitted_[lane].emplace_back(clock_.time(), &told);
}

void Checker::OnCommitted(Lane lane, Time sent) {
  const auto found = uncommitted_.find(lane);
  if (found == uncommitted_.end()) return;
  auto& list = found->second;
  while (!list.empty() && list.front().first <= sent) list.pop_front();
  if (list.empty()) uncommitted_.erase(found);
}

std::string Checker::Unfinished() const {
  std::string text;
  int told_of = 0;
  for (const auto& [key, told] : told_) {
    if (told->in_log && !IsOver(told->state) && ++told_of <= 3)
      text += " [" + Name(*told, told->attempt) + ", " + std::string(ToText(told->state)) + "]";
  }
  return std::to_string(unfinished_) + " deliveries are not over:" + text;
}

void Checker::CheckPace(const WebhookId& id) {
  const Endpoint& endpoint = endpoints_.at(id);
  const RateLimit& limit = endpoint.webhook.rate_limit;
  if (endpoint.all.size() < 3) return;
  // Without what fills the windows at first.
  const auto [begin, count] = paced_.at(id);
  const Time from = begin + seconds{60};
  const auto first = std::lower_bound(endpoint.all.begin(), endpoint.all.end(), begin);
  if (endpoint.all.end() - first < count) return;
  const Time to = *(first + count - 1);
  if (to - from < seconds{60}) return;
  const auto got = std::count_if(endpoint.all.begin(), endpoint.all.end(),
                                 [&](Time time) { return time >= from && time < to; });
  constexpr double kAny = 1e9;
  // A window that is used up at its beginning lets nothing through until its end: in a short time the whole
  // windows, each a twentieth longer than the limit's, may be fewer than the rate tells.
  const auto least = [&](int most, Time window) {
    if (most <= 0) return kAny;
    const double by_rate =
        most * static_cast<double>((to - from).count()) / static_cast<double>(window.count());
    const auto whole = static_cast<double>(most * ((to - from) / (window + window / 20)));
    return std::min(0.9 * by_rate, whole) - 1;
  };
  const double must =
      std::min(least(limit.burst, seconds{limit.burst_seconds}), least(limit.per_minute, seconds{60}));
  if (static_cast<double>(got) < must)
    Fail("pace", id.str() + " got " + std::to_string(got) + " requests where its limit allows more than " +
                     std::to_string(static_cast<int>(must)));
}

void Checker::Finish() {
  for (const auto& [id, published] : published_) {
    if (!published.acknowledged) continue;
    for (const auto& [webhook, revision] : published.matched) {
      if (gone_.contains(webhook)) continue;
      const Told& told = Of(DeriveDeliveryId(published.event->account, published.event->id, webhook), 0);
      if (!told.in_log) return Fail("I1", "no delivery was made of event " + id + " for " + webhook.str());
    }
  }
  if (!AllOver()) return Fail("I1", Unfinished());
  for (const auto& [id, pace] : paced_) CheckPace(id);
}

}  // namespace webhook::sim
