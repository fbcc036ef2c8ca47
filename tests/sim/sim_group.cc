#include "tests/sim/sim_group.h"

#include <algorithm>

namespace webhook::sim {

using std::chrono::milliseconds;

SimGroup::SimGroup(VirtualClock& clock, Random& random, SimLog& log, std::vector<Place> places,
                   OnCommit on_commit)
    : clock_(clock), random_(random), log_(log), on_commit_(std::move(on_commit)) {
  for (const Place place : places) slots_[place] = {};
}

SimGroup::Member SimGroup::Join(std::function<void()> changed) {
  const Member member = ++last_;
  members_[member] = {clock_.time() + kSession, std::move(changed), 0};
  Watch(member);
  RebalanceSoon();
  return member;
}

void SimGroup::Touch(Member member) {
  members_.at(member).deadline = clock_.time() + kSession;
}

void SimGroup::Watch(Member member) {
  const auto found = members_.find(member);
  if (found == members_.end()) return;
  if (log_.down()) found->second.deadline = std::max(found->second.deadline, log_.down_until() + kSession);
  if (clock_.time() >= found->second.deadline) return Remove(member);
  clock_.At(found->second.deadline, [this, member] { Watch(member); });
}

void SimGroup::Renew() {
  for (auto& [member, state] : members_) state.deadline = std::max(state.deadline, clock_.time() + kSession);
}

void SimGroup::Leave(Member member) {
  Remove(member);
}

void SimGroup::Remove(Member member) {
  if (members_.erase(member) == 0) return;
  for (auto& [place, slot] : slots_) {
    if (slot.owner == member) slot.owner = 0;
    if (slot.wanted == member) slot.wanted = 0;
  }
  RebalanceSoon();
}

void SimGroup::RebalanceSoon() {
  if (std::exchange(pending_, true)) return;
  clock_.After(random_.Span(milliseconds{50}, milliseconds{1'500}), [this] {
    pending_ = false;
    Rebalance();
  });
}

void SimGroup::Rebalance() {
  if (members_.empty()) return;
  std::map<Member, std::vector<Place>> kept;
  for (const auto& [member, state] : members_) kept[member];
  for (const auto& [place, slot] : slots_) {
    if (slot.owner != 0) kept[slot.owner].push_back(place);
  }
  std::vector<Member> order;
  for (const auto& [member, places] : kept) order.push_back(member);
  std::stable_sort(order.begin(), order.end(),
                   [&](Member a, Member b) { return kept[a].size() > kept[b].size(); });
  const std::size_t floor = slots_.size() / order.size();
  const std::size_t larger = slots_.size() % order.size();
  std::set<Place> stay;
  std::vector<Member> room;  // one entry for each partition that the member still gets
  for (std::size_t i = 0; i < order.size(); ++i) {
    const std::size_t quota = floor + (i < larger ? 1 : 0);
    std::vector<Place>& places = kept[order[i]];
    if (places.size() > quota) places.resize(quota);
    stay.insert(places.begin(), places.end());
    for (std::size_t left = places.size(); left < quota; ++left) room.push_back(order[i]);
  }
  std::size_t next = 0;
  for (auto& [place, slot] : slots_) {
    slot.wanted = stay.contains(place) ? slot.owner : room[next++];
    Give(&slot);
  }
  for (auto& [member, state] : members_) state.changed();
}

void SimGroup::Give(Slot* slot) {
  if (slot->owner != 0 || slot->wanted == 0) return;
  slot->owner = slot->wanted;
  members_.at(slot->owner).changed();
}

SimGroup::View SimGroup::Look(Member member) {
  const auto found = members_.find(member);
  if (found == members_.end()) return {};
  Touch(member);
  View view{true, {}, {}, found->second.given_up};
  for (const auto& [place, slot] : slots_) {
    if (slot.owner != member) continue;
    view.owned.push_back(place);
    if (slot.wanted != member && slot.wanted != 0) view.revoked.push_back(place);
  }
  return view;
}

void SimGroup::GiveUp(Member member, int number, const std::vector<Place>& places) {
  const auto found = members_.find(member);
  if (found == members_.end() || number <= found->second.given_up) return;
  found->second.given_up = number;
  for (const Place place : places) {
    Slot& slot = slots_.at(place);
    if (slot.owner != member) continue;
    slot.owner = 0;
    Give(&slot);
  }
}

bool SimGroup::Accept(Member member, const std::vector<Commit>& commits) {
  if (!members_.contains(member)) return false;
  Touch(member);
  for (const Commit& commit : commits) {
    on_commit_(commit);
    committed_[commit.place] = commit;
  }
  return true;
}

std::optional<SimGroup::Commit> SimGroup::Committed(Place place) const {
  const auto found = committed_.find(place);
  if (found == committed_.end()) return std::nullopt;
  return found->second;
}

}  // namespace webhook::sim
