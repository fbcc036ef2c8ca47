#include "services/registry/api/operations/session_handlers.h"

#include "crypto/crypto.h"
#include "crypto/session_token.h"
#include "domain/ids.h"
#include "runtime/clock.h"
#include "services/registry/api/operations/shapes.h"
#include "services/registry/store/accounts.h"
#include "services/registry/store/sessions.h"

namespace webhook {

void SessionHandlers::AddTo(Handlers* handlers) {
  (*handlers)["createSession"] = {[this](const Call& call) { return Create(call); }};
  (*handlers)["getCurrentSession"] = {[this](const Call& call) { return Current(call); }};
  (*handlers)["endCurrentSession"] = {[this](const Call& call) { return End(call); }};
}

Result<Reply> SessionHandlers::Create(const Call& call) const {
  const WallTime now = runtime::ReadClock().wall;
  const store::ApiKey& key = call.in.key;
  const auto others = store::LockSessions(call.tx(), key.id);
  const auto ended = EndedByNewOne(others, key, parts_.limits, now);
  if (!ended.empty()) store::DeleteSessions(call.tx(), call.account(), ended);
  store::Session session = NewSession(key, parts_.limits, now);
  session.id = SessionId(TimeOrderedId("session", now, crypto::Random16()));
  const Secret token = crypto::NewSessionToken();
  store::AddSession(call.tx(), session, crypto::SessionHmac(parts_.pepper, token.Reveal()));
  auto reply = Show(call, session, token);
  if (!reply) return reply;
  reply->status = 201;
  reply->object = session.id.str();
  reply->headers.emplace_back("Location", "/v2/sessions/current");
  reply->cookie = {token, std::chrono::ceil<std::chrono::seconds>(session.expires_at - now)};
  return reply;
}

Result<Reply> SessionHandlers::Current(const Call& call) const {
  return Show(call, *call.in.session, call.in.caller.browser->token);
}

Result<Reply> SessionHandlers::End(const Call& call) const {
  store::DeleteSessions(call.tx(), call.account(), {call.in.session->id});
  Reply reply;
  reply.status = 204;
  reply.object = call.in.session->id.str();
  reply.cookie = CookieChange{};
  return reply;
}

Result<Reply> SessionHandlers::Show(const Call& call, const store::Session& session,
                                    const Secret& token) const {
  const auto account = store::ReadAccount(call.tx(), call.account());
  if (!account) return account.error();
  Reply reply;
  reply.json["id"] = session.id.str();
  reply.json["csrf_token"] = crypto::CsrfToken(parts_.pepper, token.Reveal());
  reply.json["created_at"] = FormatMillis(session.created_at);
  reply.json["expires_at"] = FormatMillis(session.expires_at);
  reply.json["account"] = ToJson(*account);
  reply.json["api_key"] = ToJson(call.in.key);
  return reply;
}

}  // namespace webhook
