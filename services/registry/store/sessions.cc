#include "services/registry/store/sessions.h"

#include <nlohmann/json.hpp>
#include <pqxx/pqxx>

#include "core/encoding.h"
#include "services/registry/store/values.h"

namespace webhook::store {
namespace {

constexpr char kSessionColumns[] =
    "id, account_id, api_key_id, micros(created_at), micros(last_used_at), micros(expires_at)";

Session ToSession(const pqxx::row& row) {
  Session session;
  session.id = SessionId(row[0].as<std::string>());
  session.account = AccountId(row[1].as<std::string>());
  session.key = ApiKeyId(row[2].as<std::string>());
  session.created_at = ToTime(row[3]);
  session.last_used_at = ToTime(row[4]);
  session.expires_at = ToTime(row[5]);
  return session;
}

}  // namespace

std::optional<Session> FindSession(Tx& tx, const std::string& token_hmac) {
  // Row security shows the row to who knows its HMAC.
  const std::string hmac = tx.quote(ToHex(token_hmac));
  const auto rows =
      tx.exec("SELECT set_config('webhook.session_hmac', " + hmac + ", true); SELECT " + kSessionColumns +
              " FROM sessions WHERE token_hmac = decode(" + hmac + ", 'hex')");
  return rows.empty() ? std::nullopt : std::optional(ToSession(rows[0]));
}

std::vector<Session> LockSessions(Tx& tx, const ApiKeyId& key) {
  // The key's row stands for its sessions, also for those that are not there yet.
  tx.exec_params("SELECT 1 FROM api_keys WHERE id = $1 FOR NO KEY UPDATE", key.str());
  std::vector<Session> sessions;
  const auto rows = tx.exec_params(
      std::string("SELECT ") + kSessionColumns + " FROM sessions WHERE api_key_id = $1 ORDER BY id",
      key.str());
  for (const auto& row : rows) sessions.push_back(ToSession(row));
  return sessions;
}

void AddSession(Tx& tx, const Session& session, const std::string& token_hmac) {
  tx.exec_params0(
      "INSERT INTO sessions (id, account_id, api_key_id, token_hmac, created_at, last_used_at, expires_at) "
      "VALUES ($1, $2, $3, $4, from_micros($5), from_micros($6), from_micros($7))",
      session.id.str(), session.account.str(), session.key.str(), pqxx::binarystring(token_hmac),
      ToMicros(session.created_at), ToMicros(session.last_used_at), ToMicros(session.expires_at));
}

void DeleteSessions(Tx& tx, const AccountId& account, const std::vector<SessionId>& ids) {
  std::vector<std::string> names;
  for (const SessionId& id : ids) names.push_back(id.str());
  // In the order of their ids, as NoteSessionUse() takes them: nobody waits both ways.
  tx.exec_params0(
      "DELETE FROM sessions WHERE id IN (SELECT id FROM sessions WHERE account_id = $1 AND id IN (SELECT "
      "jsonb_array_elements_text($2::jsonb)) ORDER BY id FOR UPDATE)",
      account.str(), ToJson(names));
}

void NoteSessionUse(Tx& tx, const std::vector<std::pair<SessionId, WallTime>>& used) {
  nlohmann::json list = nlohmann::json::array();
  for (const auto& [id, at] : used) list.push_back({{"id", id.str()}, {"at", ToMicros(at)}});
  tx.exec_params0(
      "WITH used AS (SELECT s.id, u.at FROM jsonb_to_recordset($1::jsonb) AS u (id text, at bigint) "
      "JOIN sessions s USING (id) ORDER BY s.id FOR UPDATE OF s) "
      "UPDATE sessions s SET last_used_at = greatest(s.last_used_at, from_micros(used.at)) FROM used "
      "WHERE s.id = used.id",
      list.dump());
}

void DropDeadSessions(Tx& tx, std::chrono::seconds idle, WallTime now) {
  tx.exec_params0(
      "DELETE FROM sessions WHERE id IN (SELECT s.id FROM sessions s JOIN api_keys k ON k.id = s.api_key_id "
      "WHERE s.expires_at <= from_micros($1) OR s.last_used_at <= from_micros($2) OR k.revoked_at IS NOT "
      "NULL "
      "OR k.expires_at <= from_micros($1) ORDER BY s.id FOR UPDATE OF s SKIP LOCKED)",
      ToMicros(now), ToMicros(now - idle));
}

}  // namespace webhook::store
