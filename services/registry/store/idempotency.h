#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "core/result.h"
#include "crypto/envelope.h"
#include "domain/ids.h"
#include "services/registry/store/tx.h"

namespace webhook::store {

// How long an answer is kept for repeats.
inline constexpr std::chrono::hours kIdempotencyTime{24};

// Answers of calls that carried an Idempotency-Key. The answer is written in the transaction of the call's
// own effects: both are there, or neither, whatever is killed. They are sealed, for an answer may hold a
// secret.
class IdempotentAnswers {
 public:
  // The envelope outlives it.
  explicit IdempotentAnswers(const crypto::Envelope& envelope) : envelope_(envelope) {}

  // Keeps the key for this transaction, and gives the answer of an earlier call with it; nullopt: this is the
  // first. `request`: what the call is, as bytes. kConflict "idempotency_key_in_use" while another call with
  // the key runs; kInvalid "idempotency_key_reused" where it was used for another request.
  Result<std::optional<std::string>> Begin(Tx& tx, const AccountId& account, const std::string& key,
                                           std::string_view request) const;
  void Finish(Tx& tx, const AccountId& account, const std::string& key, std::string_view request,
              std::string_view answer) const;
  // Drops what is older than kIdempotencyTime; returns how many.
  static std::int64_t DropOld(Tx& tx);

 private:
  const crypto::Envelope& envelope_;
};

}  // namespace webhook::store
