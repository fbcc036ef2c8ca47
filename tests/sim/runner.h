#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>

#include "tests/sim/worker_parts.h"

namespace webhook::sim {

// One assigned partition of a process: the real lane under the simulated ports. Made for one assignment
// epoch. Everything that answers it comes through its process, which drops what finds it gone.
class Runner {
 public:
  enum class Answering { kAppend, kRequest };
  // Finds the runner that an answer is for; null: it is dropped.
  using Find = std::function<Runner*(Place, int epoch, Answering, Token)>;
  struct Context {
    const Surroundings& around;
    const WorkerSettings& settings;
    std::shared_ptr<Life> life;
    std::shared_ptr<Producer> producer;
    std::shared_ptr<WebhookCopy> copy;
    std::shared_ptr<Admission> admission;
    const LeasePort& lease;
    std::shared_ptr<Broker::Channel> channel;
    Find find;
    std::function<void()> progress;  // something has happened in the lane
  };
  Runner(Place place, int epoch, Context context)
      : place_(place), epoch_(epoch), context_(std::move(context)) {}
  virtual ~Runner() = default;

  virtual Lane& lane() = 0;
  virtual void Take(const Record& record, std::int64_t offset, Now now) = 0;
  // What is needed before the first record; ready() follows.
  virtual void Prepare() { SetReady(); }
  virtual std::optional<Time> next_release() const { return std::nullopt; }
  // A commit that was sent then is acknowledged.
  virtual void OnCommitted(Time) {}
  // The lane ends here with what it has under way. `cut_short`: it could not finish that.
  virtual void End(bool cut_short) = 0;

  bool ready() const { return ready_; }
  Place place() const { return place_; }
  int epoch() const { return epoch_; }
  // An answer to this token is still to come; then it is settled.
  bool Settle(Answering what, Token token);
  bool Expects(Answering what, Token token) const;

 protected:
  void SetReady() {
    ready_ = true;
    context_.progress();
  }
  void Append(Token token, Place to, Record record);
  // To a wait tier, or to the deliveries where its webhook's partition is.
  void AppendWaiting(Token token, const char* topic, const Delivery& delivery);
  void Expect(Answering what, Token token) { ++open_[{what, token}]; }
  Random& random() { return context_.around.random; }
  Now now() const { return context_.life->now(); }

  const Place place_;
  const int epoch_;
  const Context context_;

 private:
  bool ready_ = false;
  std::map<std::pair<Answering, Token>, int> open_;
};

std::shared_ptr<Runner> MakeFanoutRunner(Place place, int epoch, const Checkpoint& from,
                                         Runner::Context context);
std::shared_ptr<Runner> MakeDeliveryRunner(Place place, int epoch, const Checkpoint& from,
                                           Runner::Context context);
std::shared_ptr<Runner> MakePumpRunner(Place place, int epoch, const Checkpoint& from,
                                       Runner::Context context);

}  // namespace webhook::sim
