#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <vector>

#include "core/time.h"
#include "services/delivery-worker/engine/checkpoint.h"
#include "services/delivery-worker/engine/offset_window.h"
#include "services/delivery-worker/engine/ports.h"

namespace webhook {

// One partition of a topic that a role of the worker consumes, in one assignment epoch: records come in, each
// has its effects, and is done when they all are acknowledged. Rule: effects first, completion mark last; so
// a crash repeats, and never loses. A failed append is repeated for ever: nothing is dropped while the broker
// is away. On its loop's thread only; no lock.
class Lane {
 public:
  // `from`: the claim (ClaimOf) that this owner has committed.
  explicit Lane(const Checkpoint& from)
      : window_(from), attempts_offset_(from.attempts_offset), unsettled_(from.unsettled) {}
  virtual ~Lane() = default;
  Lane(const Lane&) = delete;
  Lane& operator=(const Lane&) = delete;

  // A record that cannot be decoded: holds back the commit until its reader has appended it to
  // webhook.poison. False: it is done already.
  [[nodiscard]] bool OnPoison(std::int64_t offset);
  void OnPoisonAppended(std::int64_t offset);
  // The answer to one append of the lane's ports.
  void OnAppended(Token token, const Appended& appended, Now now);
  // Time has passed: starts what may start now, repeats what failed to be appended.
  void OnTick(Now now);

  // Begins nothing more. Once idle(), all that it had begun is done and can be committed, and the next owner
  // finds the rest: in this partition, read again, or appended to it. Where the drain is cut short, what is
  // in flight is repeated. Idempotent.
  void BeginDrain(Now now);
  // The partition was given up, drained or not, or lost: begins nothing more, and leaves what waits to its
  // next owner. Idempotent.
  void Abandon();
  // No effect is under way.
  bool idle() const { return effects_ == 0 && failed_.empty(); }

  // What may be committed now.
  Checkpoint checkpoint() const;
  // The same in place of an earlier one, in its memory.
  void Describe(Checkpoint* checkpoint) const;
  // Offsets from the oldest incomplete one to the newest that was read; the source of back-pressure.
  std::size_t span() const { return window_.span(); }
  // Records held, under way or not, of webhooks that stand in line for any place of this loop
  // (Place::kInLine); the other source.
  virtual std::size_t unstarted() const { return 0; }
  // Records that are not done, and the bytes that they hold.
  virtual std::size_t held() const = 0;
  virtual std::size_t held_bytes() const = 0;

 protected:
  // Hands the next append of `token` to its port, for the first time or again.
  void Append(Token token);
  virtual void DoAppend(Token token) = 0;
  // `offset`: of the appended record.
  virtual void OnAcknowledged(Token token, std::int64_t offset, Now now) = 0;
  // Each tick, until it drains.
  virtual void Advance(Now now) = 0;
  virtual void Drain(Now now) = 0;
  // Nothing that other lanes share may be held any more.
  virtual void OnAbandoned() {}
  // When drained: all that was sent is in the attempts (Checkpoint::settled).
  virtual bool Settles() const { return true; }

  bool draining() const { return draining_; }

  OffsetWindow window_;
  std::int64_t attempts_offset_;            // see Checkpoint
  const std::vector<Unsettled> unsettled_;  // see Checkpoint
  std::size_t effects_ = 0;                 // under way: requests, appends, poison

 private:
  std::deque<Token> failed_;  // appends to be repeated
  MonoTime next_retry_{};
  bool draining_ = false;
};

}  // namespace webhook
