#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "tests/sim/sim_log.h"

namespace webhook::sim {

// A consumer group as its coordinator sees it: members with a session, sticky and balanced assignment, and
// what was committed. A partition changes hands only after its owner gave it up or was expired. Commits are
// fenced by membership; what a member appends is not.
class SimGroup {
 public:
  using Member = int;  // 0: none
  struct Commit {
    Place place;
    std::int64_t offset = 0;
    std::string metadata;
  };
  struct View {
    bool known = false;
    std::vector<Place> owned;
    std::vector<Place> revoked;  // of those, what is to be given up
    int given_up = 0;            // messages of giving up that it has seen
  };
  using OnCommit = std::function<void(const Commit&)>;

  SimGroup(VirtualClock& clock, Random& random, SimLog& log, std::vector<Place> places, OnCommit on_commit);

  // `changed` is called when the member should look.
  Member Join(std::function<void()> changed);
  void Leave(Member member);
  View Look(Member member);  // a heartbeat
  void GiveUp(Member member, int number, const std::vector<Place>& places);
  // False: not a member.
  bool Accept(Member member, const std::vector<Commit>& commits);
  std::optional<Commit> Committed(Place place) const;
  // Sessions start anew after the brokers were away.
  void Renew();
  bool settled() const { return !pending_; }

  static constexpr std::chrono::seconds kSession{6};

 private:
  struct State {
    Time deadline{0};
    std::function<void()> changed;
    int given_up = 0;
  };
  struct Slot {
    Member owner = 0;
    Member wanted = 0;
  };

  void Touch(Member member);
  void Watch(Member member);
  void Remove(Member member);
  void RebalanceSoon();
  void Rebalance();
  void Give(Slot* slot);

  VirtualClock& clock_;
  Random& random_;
  SimLog& log_;
  OnCommit on_commit_;
  std::map<Member, State> members_;
  std::map<Place, Slot> slots_;
  std::map<Place, Commit> committed_;
  Member last_ = 0;
  bool pending_ = false;
};

}  // namespace webhook::sim
