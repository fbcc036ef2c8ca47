#include "tests/sim/role.h"

#include <algorithm>

namespace webhook::sim {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// As in adapters/consumer_role.cc.
constexpr milliseconds kCheckpoint{250};
constexpr seconds kRenew{1};

constexpr seconds kHeartbeat{1};
constexpr milliseconds kRetry{300};
constexpr std::int64_t kFetch = 100;
constexpr seconds kIdle{2};

}  // namespace

Role::Role(SimGroup& group, std::size_t max_records, Make make, Context context)
    : group_(group), max_records_(max_records), make_(std::move(make)), context_(std::move(context)) {}

void Role::Join() {
  const auto member = std::make_shared<SimGroup::Member>(0);
  const auto& life = context_.life;
  auto changed = [this, life, &clock = context_.around.clock, &random = context_.around.random] {
    clock.After(random.Span(milliseconds{20}, milliseconds{400}), [this, life] {
      if (!life->cut()) life->Run([this] { Contact(); });
    });
  };
  context_.around.broker.Call(
      life, channel_, [member, &group = group_, changed] { *member = group.Join(changed); },
      [this, member](bool ok) {
        if (stopping_ || member_ != 0) return;
        if (!ok) return context_.life->After(kRetry, [this] { Join(); });
        member_ = *member;
        const SimGroup::Member mine = member_;
        // One pair of timers for each membership.
        const auto beat = std::make_shared<std::function<void()>>();
        *beat = [this, mine, weak = std::weak_ptr(beat)] {
          const auto self = weak.lock();
          if (!self || member_ != mine) return;
          Contact();
          context_.life->After(kHeartbeat, [self] { (*self)(); });
        };
        const auto commit = std::make_shared<std::function<void()>>();
        *commit = [this, mine, weak = std::weak_ptr(commit)] {
          const auto self = weak.lock();
          if (!self || member_ != mine) return;
          CommitMoved();
          const bool idle = context_.around.clock.time() - last_progress_ > kIdle;
          context_.life->After(idle ? Time{kRenew} : Time{kCheckpoint}, [self] { (*self)(); });
        };
        (*beat)();
        (*commit)();
      });
}

void Role::Contact() {
  if (member_ == 0) return;
  const auto view = std::make_shared<SimGroup::View>();
  context_.around.broker.Call(
      context_.life, channel_,
      [view, member = member_, given_up = given_up_, &group = group_] {
        for (const GivenUp& entry : given_up) group.GiveUp(member, entry.number, entry.places);
        *view = group.Look(member);
      },
      [this, view, member = member_](bool ok) {
        if (ok && member == member_) OnView(*view);
      });
}

void Role::OnView(const SimGroup::View& view) {
  if (!view.known) return Lose();
  std::erase_if(given_up_, [&](const GivenUp& entry) { return entry.number <= view.given_up; });
  if (stopping_ || !given_up_.empty()) return;
  std::vector<Place> unseen;
  std::vector<Place> revoked;
  for (const Place place : view.revoked) (assigned_.contains(place) ? revoked : unseen).push_back(place);
  for (const Place place : view.owned) {
    const bool leaves = std::find(view.revoked.begin(), view.revoked.end(), place) != view.revoked.end();
    if (!leaves && !assigned_.contains(place)) Assign(place);
  }
  if (busy_) return;
  if (!revoked.empty()) return Revoke(revoked);
  if (!unseen.empty()) FinishRevoke(unseen, true);
}

void Role::Assign(Place place) {
  Assigned assigned;
  assigned.epoch = ++context_.around.last_epoch;
  assigned_[place] = assigned;
  Claim(place, assigned.epoch);
}

void Role::Claim(Place place, int epoch) {
  if (Find(place, epoch) == nullptr) return;
  const auto found = std::make_shared<std::optional<SimGroup::Commit>>();
  context_.around.broker.Call(
      context_.life, channel_, [found, place, &group = group_] { *found = group.Committed(place); },
      [this, found, place, epoch](bool ok) {
        if (Find(place, epoch) == nullptr) return;
        if (!ok) return context_.life->After(kRetry, [this, place, epoch] { Claim(place, epoch); });
        const Now now = context_.life->now();
        const Checkpoint there = Read(place, *found, now.wall);
        Checkpoint claim = ClaimOf(there, now.wall);
        if (!context_.settings.switches.claim) return Begin(place, epoch, claim, there);
        Commit({{place, claim}}, [this, place, epoch, claim](bool committed) {
          if (Find(place, epoch) == nullptr) return;
          if (committed) return Begin(place, epoch, claim, claim);
          context_.life->After(kRetry, [this, place, epoch] { Claim(place, epoch); });
        });
      });
}

Checkpoint Role::Read(Place place, const std::optional<SimGroup::Commit>& commit, WallTime now) const {
  if (!commit) return BareCheckpoint(-1, now);
  auto checkpoint = DecodeCheckpoint(commit->metadata, NameOf(place.topic), place.partition, commit->offset);
  return checkpoint ? std::move(*checkpoint) : BareCheckpoint(commit->offset, now);
}

void Role::Begin(Place place, int epoch, const Checkpoint& checkpoint, const Checkpoint& committed) {
  Assigned& assigned = *Find(place, epoch);
  assigned.committed = committed;
  assigned.next = checkpoint.offset;
  Runner::Context context{context_.around,
                          context_.settings,
                          context_.life,
                          context_.producer,
                          context_.copy,
                          context_.admission,
                          *this,
                          channel_,
                          {},
                          {}};
  context.find = [this, checks = context_.settings.switches.epoch_check](
                     Place at, int of, Runner::Answering what, Token token) -> Runner* {
    const auto found = assigned_.find(at);
    if (found == assigned_.end() || !found->second.runner) return nullptr;
    Runner* const runner = found->second.runner.get();
    return runner->epoch() == of || (!checks && runner->Expects(what, token)) ? runner : nullptr;
  };
  context.progress = [this, place, wake = context_.wake, &clock = context_.around.clock,
                      tick = context_.settings.tick] {
    last_progress_ = clock.time();
    wake(clock.time() + tick);
    Fetch(place);
  };
  assigned.runner = make_(place, epoch, checkpoint, std::move(context));
  assigned.runner->Prepare();
  if (context_.taken_over) context_.taken_over(place);
}

void Role::OnAppended(Place place) {
  if (assigned_.contains(place)) Fetch(place);
}

void Role::Fetch(Place place) {
  const auto found = assigned_.find(place);
  if (found == assigned_.end()) return;
  Assigned& assigned = found->second;
  if (!assigned.runner || !assigned.runner->ready() || assigned.fetching || assigned.draining || busy_ ||
      stopping_ || context_.life->stopped())
    return;
  const Lane& lane = assigned.runner->lane();
  const std::size_t held = std::max(lane.span(), lane.held());
  const std::int64_t left = context_.around.log.End(place) - assigned.next;
  if (left <= 0 || held >= max_records_) return;
  const std::int64_t count = std::min({left, kFetch, static_cast<std::int64_t>(max_records_ - held)});
  assigned.fetching = true;
  context_.around.broker.Call(
      context_.life, channel_, [] {},
      [this, place, epoch = assigned.epoch, count](bool ok) {
        Assigned* const there = Find(place, epoch);
        if (there == nullptr) return;
        there->fetching = false;
        if (ok && !there->draining && !stopping_) Feed(place, epoch, count);
        if (!ok) context_.wake(context_.around.clock.time() + kRetry);
      });
}

void Role::Feed(Place place, int epoch, std::int64_t count) {
  Assigned& assigned = *Find(place, epoch);
  const Now now = context_.life->now();
  const auto& records = context_.around.log.At(place);
  for (std::int64_t i = 0; i < count; ++i, ++assigned.next)
    assigned.runner->Take(records[static_cast<std::size_t>(assigned.next)], assigned.next, now);
  assigned.runner->lane().OnTick(now);
  last_progress_ = context_.around.clock.time();
  context_.wake(last_progress_ + context_.settings.tick);
  Fetch(place);
}

void Role::OnTick() {
  const Now now = context_.life->now();
  const Time time = context_.around.clock.time();
  for (auto& [place, assigned] : assigned_) {
    if (!assigned.runner) continue;
    Lane& lane = assigned.runner->lane();
    lane.OnTick(now);
    if (const auto release = assigned.runner->next_release())
      context_.wake(std::max(*release, time + context_.settings.tick));
    const bool active = !lane.idle() || (lane.held() > 0 && !IsWait(place.topic));
    if (active) {
      last_progress_ = time;
      context_.wake(time + context_.settings.tick);
    }
    Fetch(place);
  }
}

Role::Assigned* Role::Find(Place place, int epoch) {
  const auto found = assigned_.find(place);
  return found == assigned_.end() || found->second.epoch != epoch ? nullptr : &found->second;
}

}  // namespace webhook::sim
