#pragma once

#include <chrono>
#include <cstddef>
#include <vector>

#include "core/time.h"
#include "services/registry/store/accounts.h"
#include "services/registry/store/sessions.h"

// How long a browser's session lives. Pure.
namespace webhook {

struct SessionLimits {
  std::chrono::seconds lifetime{};  // from its sign-in on
  std::chrono::seconds idle{};      // without a call
};

// Live ones of one key; one more ends the oldest.
inline constexpr std::size_t kMostSessions = 20;

// A session that begins now: its times and whose it is; no id.
store::Session NewSession(const store::ApiKey& key, const SessionLimits& limits, WallTime now);
// Whether it still stands for its key. `key`: the session's.
bool SessionLive(const store::Session& session, const store::ApiKey& key, const SessionLimits& limits,
                 WallTime now);
// Which of a key's sessions, oldest first, end when one more begins: those that are over, and the oldest that
// are too many.
std::vector<SessionId> EndedByNewOne(const std::vector<store::Session>& sessions, const store::ApiKey& key,
                                     const SessionLimits& limits, WallTime now);

}  // namespace webhook
