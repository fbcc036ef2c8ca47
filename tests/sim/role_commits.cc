#include <algorithm>

#include "tests/sim/role.h"

namespace webhook::sim {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// As in adapters/consumer_role.cc.
constexpr seconds kRenew{1};
constexpr seconds kLeaseMargin{1};
constexpr seconds kRevokeGrace{5};
constexpr seconds kDrainTimeout{30};

constexpr milliseconds kLook{20};
constexpr int kTries = 3;

}  // namespace

std::vector<std::pair<Place, Checkpoint>> Role::Committable() const {
  std::vector<std::pair<Place, Checkpoint>> positions;
  for (const auto& [place, assigned] : assigned_) {
    if (assigned.runner && assigned.runner->ready())
      positions.emplace_back(place, assigned.runner->lane().checkpoint());
  }
  return positions;
}

void Role::CommitMoved() {
  if (busy_ || stopping_) return;
  std::vector<std::pair<Place, Checkpoint>> positions;
  for (auto& [place, assigned] : assigned_) {
    if (!assigned.runner || !assigned.runner->ready()) continue;
    Checkpoint checkpoint = assigned.runner->lane().checkpoint();
    if (checkpoint == assigned.committed) continue;
    positions.emplace_back(place, checkpoint);
    assigned.committed = std::move(checkpoint);
  }
  const Time time = context_.around.clock.time();
  if (positions.empty() && time - last_commit_ >= kRenew) {
    const auto any = std::find_if(assigned_.begin(), assigned_.end(),
                                  [](const auto& entry) { return entry.second.committed.has_value(); });
    if (any != assigned_.end()) positions.emplace_back(any->first, *any->second.committed);
  }
  if (positions.empty()) return;
  last_commit_ = time;
  Commit(positions, [this](bool committed) {
    if (committed || !context_.settings.switches.commit_repeat) return;
    for (auto& [place, assigned] : assigned_) assigned.committed.reset();
  });
}

void Role::Commit(const std::vector<std::pair<Place, Checkpoint>>& positions,
                  std::function<void(bool)> then) {
  std::vector<SimGroup::Commit> commits;
  std::vector<std::pair<Place, int>> epochs;
  for (auto [place, checkpoint] : positions) {
    if (!context_.settings.switches.map) checkpoint.done.clear();
    commits.push_back(
        {place, checkpoint.offset, EncodeCheckpoint(checkpoint, NameOf(place.topic), place.partition)});
    epochs.emplace_back(place, assigned_.at(place).epoch);
  }
  if (context_.around.random.Permille(context_.settings.faults.lost_commit))
    return context_.life->After(seconds{1}, [then = std::move(then)] { then(false); });
  const auto accepted = std::make_shared<bool>(false);
  const Time sent = context_.around.clock.time();
  context_.around.broker.Call(
      context_.life, channel_,
      [accepted, member = member_, commits, &group = group_, crash = context_.around.crash] {
        // A commit of what is committed already has no effect but on the lease.
        const bool counts =
            crash != nullptr && std::any_of(commits.begin(), commits.end(), [&](const auto& commit) {
              const auto before = group.Committed(commit.place);
              return !before || before->offset != commit.offset || before->metadata != commit.metadata;
            });
        if (counts && !crash->Happens()) return;
        *accepted = group.Accept(member, commits);
        if (counts) crash->Happened();
      },
      [this, accepted, sent, epochs, member = member_, then = std::move(then)](bool ok) {
        const bool done = ok && *accepted;
        if (done) {
          lease_ = std::max(lease_, VirtualClock::Mono(sent) + SimGroup::kSession - kLeaseMargin);
          for (const auto& [place, epoch] : epochs) {
            Assigned* const assigned = Find(place, epoch);
            if (assigned != nullptr && assigned->runner) assigned->runner->OnCommitted(sent);
          }
        }
        then(done);
        if (ok && !*accepted && member == member_) Lose();
      });
}

void Role::Revoke(const std::vector<Place>& places) {
  context_.around.checker.counts().handovers += static_cast<std::int64_t>(places.size());
  if (!context_.settings.switches.revoke_commit) {
    for (const Place place : places) Forget(place, false);
    return FinishRevoke(places, true);
  }
  busy_ = true;
  const Now now = context_.life->now();
  for (const Place place : places) {
    Assigned& assigned = assigned_.at(place);
    assigned.draining = true;
    if (assigned.runner) assigned.runner->lane().BeginDrain(now);
  }
  AwaitDrained(places, context_.around.clock.time() + kRevokeGrace, member_, [this, places] {
    Commit(Committable(), [this, places, member = member_](bool committed) {
      if (member == member_) FinishRevoke(places, committed);
    });
  });
}

void Role::AwaitDrained(const std::vector<Place>& places, Time deadline, SimGroup::Member member,
                        std::function<void()> then) {
  if (member != member_) return;
  const bool drained = std::all_of(places.begin(), places.end(), [this](Place place) {
    const auto found = assigned_.find(place);
    return found == assigned_.end() || !found->second.runner || found->second.runner->lane().idle();
  });
  if (drained || context_.around.clock.time() >= deadline) return then();
  context_.life->After(kLook, [this, places, deadline, member, then = std::move(then)] {
    AwaitDrained(places, deadline, member, then);
  });
}

void Role::FinishRevoke(const std::vector<Place>& places, bool committed) {
  for (const Place place : places) {
    const auto found = assigned_.find(place);
    if (found == assigned_.end()) continue;
    const bool idle = !found->second.runner || found->second.runner->lane().idle();
    Forget(place, !idle || !committed);
  }
  given_up_.push_back({++last_given_up_, places});
  busy_ = false;
  Contact();
}

void Role::Lose() {
  member_ = 0;
  busy_ = false;
  given_up_.clear();
  last_given_up_ = 0;
  ++context_.around.checker.counts().faults;
  std::vector<Place> places;
  for (auto& [place, assigned] : assigned_) {
    if (assigned.runner) assigned.runner->lane().Abandon();
    places.push_back(place);
  }
  for (const Place place : places) Forget(place, true);
  if (stopping_) return;
  context_.life->After(context_.around.random.Span(milliseconds{50}, seconds{1}), [this] { Join(); });
}

void Role::Forget(Place place, bool cut_short) {
  const auto found = assigned_.find(place);
  if (found == assigned_.end()) return;
  if (found->second.runner) found->second.runner->End(cut_short);
  assigned_.erase(found);
}

void Role::Kill() {
  for (auto& [place, assigned] : assigned_) {
    if (assigned.runner) assigned.runner->End(true);
  }
}

void Role::Stop(std::function<void()> done) {
  stopping_ = true;
  std::vector<Place> places;
  for (auto& [place, assigned] : assigned_) {
    if (assigned.runner) assigned.runner->lane().BeginDrain(context_.life->now());
    places.push_back(place);
  }
  context_.around.checker.counts().handovers += static_cast<std::int64_t>(places.size());
  if (member_ == 0) return done();
  const Time deadline = context_.around.clock.time() + kDrainTimeout;
  const auto ended = std::make_shared<bool>(false);
  const auto finish = [done, ended] {
    if (!std::exchange(*ended, true)) done();
  };
  AwaitDrained(places, deadline, member_, [this, finish] { Leave(kTries, finish); });
  // Lost meanwhile, or the brokers are away: the process ends all the same.
  context_.life->After(kDrainTimeout + seconds{10}, finish);
}

void Role::Leave(int tries, std::function<void()> done) {
  const auto go = [this, done](bool committed) {
    std::vector<Place> places;
    for (const auto& [place, assigned] : assigned_) places.push_back(place);
    for (const Place place : places) {
      const auto& runner = assigned_.at(place).runner;
      Forget(place, (runner && !runner->lane().idle()) || !committed);
    }
    context_.around.broker.Call(
        context_.life, channel_, [member = member_, &group = group_] { group.Leave(member); },
        [done](bool) { done(); });
  };
  const auto positions = Committable();
  if (positions.empty()) return go(true);
  Commit(positions, [this, tries, done, go](bool committed) {
    if (committed || tries == 0) return go(committed);
    Leave(tries - 1, done);
  });
}

}  // namespace webhook::sim
