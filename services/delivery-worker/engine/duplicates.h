#pragma once

#include <absl/container/flat_hash_map.h>

#include <cstddef>
#include <optional>

#include "core/encoding.h"
#include "core/recent_set.h"
#include "domain/delivery.h"
#include "services/delivery-worker/engine/token.h"

namespace webhook {

// Which records of a delivery lane say again what another one says: a pump or a fan-out that dies between an
// append and its commit appends a batch twice, and a new owner reads again what an earlier one has sent. A
// record is a duplicate where another stands for the same attempt, or for the same round of it, and where its
// delivery has ended: an attempt that is repeated after a crash may succeed though the retry after it is
// appended already. A delivery that is parked comes back as the next round of the same attempt, and that is
// no duplicate of the one before. Pure; no lock.
class Duplicates {
 public:
  // `remembered`: attempts, rounds and runs that are over; of more, the newest.
  explicit Duplicates(std::size_t remembered) : over_(remembered) {}

  // The held record that stands for the same: the duplicate is done when that one is, and no sooner. nullopt:
  // none.
  std::optional<Token> Held(const DeliveryPrints& prints) const;
  // The attempt was made, the round was parked, or the delivery has ended: the duplicate is done at once.
  bool IsOver(const DeliveryPrints& prints) const {
    return over_.Contains(prints.attempt) || over_.Contains(prints.round) || HasEnded(prints);
  }

  // The delivery has ended.
  bool HasEnded(const DeliveryPrints& prints) const { return over_.Contains(prints.run); }

  void Hold(const DeliveryPrints& prints, Token token);
  // From now on another record may stand for the attempt (for the attempt and the round): this one is being
  // parked (is done, or handed over).
  void ReleaseAttempt(const DeliveryPrints& prints, Token token);
  void Release(const DeliveryPrints& prints, Token token);

  // The attempt was made, by this owner or an earlier one.
  void NoteMade(const Bytes16& attempt) { over_.Insert(attempt); }
  // The delivery needs no attempt any more: its run is delivered, failed, or the like.
  void NoteEnded(const Bytes16& run) { over_.Insert(run); }
  // The round's parking is recorded.
  void NoteParked(const Bytes16& round) { over_.Insert(round); }

 private:
  using ByFingerprint = absl::flat_hash_map<Bytes16, Token, HashOfHash>;

  ByFingerprint by_attempt_;  // of what is held, but for what is being parked
  ByFingerprint by_round_;
  RecentSet over_;
};

}  // namespace webhook
