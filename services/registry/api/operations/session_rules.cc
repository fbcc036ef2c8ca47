#include "services/registry/api/operations/session_rules.h"

#include <algorithm>

namespace webhook {

store::Session NewSession(const store::ApiKey& key, const SessionLimits& limits, WallTime now) {
  store::Session session;
  session.account = key.account;
  session.key = key.id;
  session.created_at = now;
  session.last_used_at = now;
  session.expires_at = now + limits.lifetime;
  if (key.expires_at) session.expires_at = std::min(session.expires_at, *key.expires_at);
  return session;
}

bool SessionLive(const store::Session& session, const store::ApiKey& key, const SessionLimits& limits,
                 WallTime now) {
  if (key.revoked_at || (key.expires_at && *key.expires_at <= now)) return false;
  return now < session.expires_at && now < session.last_used_at + limits.idle;
}

std::vector<SessionId> EndedByNewOne(const std::vector<store::Session>& sessions, const store::ApiKey& key,
                                     const SessionLimits& limits, WallTime now) {
  std::vector<SessionId> ended;
  std::size_t places = kMostSessions - 1;
  for (auto session = sessions.rbegin(); session != sessions.rend(); ++session) {
    if (places > 0 && SessionLive(*session, key, limits, now))
      --places;
    else
      ended.push_back(session->id);
  }
  return ended;
}

}  // namespace webhook
