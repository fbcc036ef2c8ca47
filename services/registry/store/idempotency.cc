#include "services/registry/store/idempotency.h"

#include <pqxx/pqxx>

#include "crypto/crypto.h"
#include "services/registry/store/locks.h"

namespace webhook::store {
namespace {

std::string ContextOf(const AccountId& account, const std::string& key) {
  return "answer/" + account.str() + "/" + key;
}

}  // namespace

Result<std::optional<std::string>> IdempotentAnswers::Begin(Tx& tx, const AccountId& account,
                                                            const std::string& key,
                                                            std::string_view request) const {
  if (!TryLock(tx, ContextOf(account, key)))
    return Error{ErrorCode::kConflict, "idempotency_key_in_use",
                 "a call with this Idempotency-Key is still running; repeat yours a little later"};
  const auto rows = tx.exec_params(
      "SELECT request_hash, answer FROM idempotent_answers WHERE account_id = $1 AND key = $2 "
      "AND created_at > now() - make_interval(hours => $3)",
      account.str(), key, static_cast<int>(kIdempotencyTime.count()));
  if (rows.empty()) return std::optional<std::string>();
  if (pqxx::binarystring(rows[0][0]).str() != crypto::Sha256(request))
    return Error{ErrorCode::kInvalid, "idempotency_key_reused",
                 "the Idempotency-Key was used for another request; take a new one for each"};
  auto answer = envelope_.Open(pqxx::binarystring(rows[0][1]).str(), ContextOf(account, key));
  if (!answer) return answer.error();
  return std::optional(answer->Reveal());
}

void IdempotentAnswers::Finish(Tx& tx, const AccountId& account, const std::string& key,
                               std::string_view request, std::string_view answer) const {
  tx.exec_params0(
      "INSERT INTO idempotent_answers AS a (account_id, key, request_hash, answer) VALUES ($1, $2, $3, $4) "
      "ON CONFLICT (account_id, key) DO UPDATE SET request_hash = EXCLUDED.request_hash, "
      "answer = EXCLUDED.answer, created_at = now()",
      account.str(), key, pqxx::binarystring(crypto::Sha256(request)),
      pqxx::binarystring(envelope_.Seal(answer, ContextOf(account, key))));
}

std::int64_t IdempotentAnswers::DropOld(Tx& tx) {
  return tx
      .exec_params("DELETE FROM idempotent_answers WHERE created_at < now() - make_interval(hours => $1)",
                   static_cast<int>(kIdempotencyTime.count()))
      .affected_rows();
}

}  // namespace webhook::store
