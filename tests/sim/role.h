#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tests/sim/runner.h"

namespace webhook::sim {

// One role of a process, as adapters/consumer_role does it: consumes its topics in a group, claims what it is
// assigned, feeds it within bounds, commits every 250 ms what the lanes allow, renews its lease each second.
class Role : public LeasePort {
 public:
  using Make = std::function<std::shared_ptr<Runner>(Place, int epoch, const Checkpoint&, Runner::Context)>;
  struct Context {
    const Surroundings& around;
    const WorkerSettings& settings;
    std::shared_ptr<Life> life;
    std::shared_ptr<Producer> producer;
    std::shared_ptr<WebhookCopy> copy;
    std::shared_ptr<Admission> admission;
    std::function<void(Time)> wake;  // a tick is needed then
    std::function<void(Place)> taken_over;
  };
  Role(SimGroup& group, std::size_t max_records, Make make, Context context);

  void Start() { Join(); }
  // Drains, commits, leaves; then `done`.
  void Stop(std::function<void()> done);
  // The process is no more: its lanes end as they are.
  void Kill();

  void OnAppended(Place place);
  void OnTick();
  MonoTime lease() const override { return lease_; }

 private:
  struct Assigned {
    int epoch = 0;
    std::shared_ptr<Runner> runner;       // null until it is claimed
    std::optional<Checkpoint> committed;  // nullopt: not known, a commit has failed
    std::int64_t next = 0;                // offset to fetch
    bool fetching = false;
    bool draining = false;
  };
  struct GivenUp {
    int number = 0;
    std::vector<Place> places;
  };

  void Join();
  void Contact();
  void OnView(const SimGroup::View& view);
  void Assign(Place place);
  void Claim(Place place, int epoch);
  Checkpoint Read(Place place, const std::optional<SimGroup::Commit>& commit, WallTime now) const;
  void Begin(Place place, int epoch, const Checkpoint& checkpoint, const Checkpoint& committed);
  void Fetch(Place place);
  void Feed(Place place, int epoch, std::int64_t count);
  void CommitMoved();
  void Commit(const std::vector<std::pair<Place, Checkpoint>>& positions, std::function<void(bool)> then);
  std::vector<std::pair<Place, Checkpoint>> Committable() const;
  void Revoke(const std::vector<Place>& places);
  void AwaitDrained(const std::vector<Place>& places, Time deadline, SimGroup::Member member,
                    std::function<void()> then);
  void FinishRevoke(const std::vector<Place>& places, bool committed);
  void Lose();
  void Leave(int tries, std::function<void()> done);
  void Forget(Place place, bool cut_short);
  Assigned* Find(Place place, int epoch);

  SimGroup& group_;
  const std::size_t max_records_;
  const Make make_;
  const Context context_;
  const std::shared_ptr<Broker::Channel> channel_ = std::make_shared<Broker::Channel>();
  SimGroup::Member member_ = 0;
  std::map<Place, Assigned> assigned_;
  std::vector<GivenUp> given_up_;
  int last_given_up_ = 0;
  bool busy_ = false;  // with a revocation
  bool stopping_ = false;
  MonoTime lease_ = MonoTime::min();
  Time last_commit_{0};
  Time last_progress_{0};
};

}  // namespace webhook::sim
