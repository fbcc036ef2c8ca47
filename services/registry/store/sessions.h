#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/result.h"
#include "core/time.h"
#include "domain/ids.h"
#include "services/registry/store/tx.h"

namespace webhook::store {

// A browser that has logged in with an API key.
struct Session {
  SessionId id;
  AccountId account;
  ApiKeyId key;
  WallTime created_at{};
  WallTime last_used_at{};  // to about 10 s
  WallTime expires_at{};
};

// The session of a token; nullopt: none. Live or not: SessionLive() says. Sees all accounts' sessions: who
// asks is not known yet. token_hmac: crypto::SessionHmac of the token.
std::optional<Session> FindSession(Tx& tx, const std::string& token_hmac);
// Those of a key, oldest first. No other transaction adds to them until this one ends.
std::vector<Session> LockSessions(Tx& tx, const ApiKeyId& key);
void AddSession(Tx& tx, const Session& session, const std::string& token_hmac);
// Ends what is there of them.
void DeleteSessions(Tx& tx, const AccountId& account, const std::vector<SessionId>& ids);
// Notes that sessions were used, and when; never goes back.
void NoteSessionUse(Tx& tx, const std::vector<std::pair<SessionId, WallTime>>& used);
// Drops those that are over: of their time, of `idle` without a call, or with their key.
void DropDeadSessions(Tx& tx, std::chrono::seconds idle, WallTime now);

}  // namespace webhook::store
