#include "services/registry/api/rest/rest_api.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

#include "core/encoding.h"
#include "crypto/crypto.h"
#include "domain/ids.h"
#include "log/log.h"
#include "runtime/clock.h"
#include "services/registry/api/operations/shapes.h"
#include "services/registry/api/rest/client_address.h"
#include "services/registry/api/rest/json_body.h"
#include "services/registry/api/rest/problem.h"
#include "services/registry/api/rest/session_cookie.h"
#include "services/registry/openapi/openapi.h"

namespace webhook::rest {
namespace {

constexpr std::size_t kMaxRequestId = 64;

std::string RequestId(const http::Request& request) {
  const std::string_view given = request.Header("x-request-id");
  const bool usable =
      !given.empty() && given.size() <= kMaxRequestId && std::all_of(given.begin(), given.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
               c == '_' || c == '-';
      });
  if (usable) return std::string(given);
  return TimeOrderedId("req", runtime::ReadClock().wall, crypto::Random16());
}

bool IsJson(std::string_view content_type) {
  const std::string_view type = content_type.substr(0, content_type.find(';'));
  std::string lower;
  for (const char c : type) {
    if (c != ' ') lower += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return lower == "application/json" || lower == "application/merge-patch+json";
}

// The revision of If-Match (RFC 9110 section 13.1.1); nullopt: absent or "*". A header that is there and says
// nothing we can hold to must not let an update pass.
Result<std::optional<std::int64_t>> IfMatch(const http::Request& request) {
  const std::string_view value = request.Header("if-match");
  const std::size_t given = request.CountHeader("if-match");
  if (given == 0 || (given == 1 && value == "*")) return std::optional<std::int64_t>();
  const bool quoted = given == 1 && value.size() > 2 && value.front() == '"' && value.back() == '"';
  const std::string_view tag = quoted ? value.substr(1, value.size() - 2) : std::string_view();
  std::int64_t revision = 0;
  const auto parsed = std::from_chars(tag.data(), tag.data() + tag.size(), revision);
  if (parsed.ec != std::errc() || parsed.ptr != tag.data() + tag.size())
    return Error{ErrorCode::kPrecondition, "revision_changed", "If-Match must hold one ETag of this webhook"};
  return std::optional(revision);
}

SessionCookie CookieOf(const http::Request& request) {
  return SessionCookie(request.CountHeader("host") == 1 && IsLoopbackHost(request.Header("host")));
}

// An Authorization header goes before a cookie, whatever it holds.
std::optional<Browser> ReadBrowser(const http::Request& request, const SessionCookie& cookie) {
  if (request.CountHeader("authorization") > 0) return std::nullopt;
  std::string cookies;
  for (const auto& [name, value] : request.headers) {
    if (name == "cookie") cookies += value + ";";
  }
  Browser browser;
  browser.token = cookie.Read(cookies);
  if (request.CountHeader("x-csrf-token") == 1) browser.csrf_token = request.Header("x-csrf-token");
  browser.reads = request.method == "GET" || request.method == "HEAD";
  return browser;
}

// What the browser is told to do with its cookie, where it is.
void AddCookie(const Result<Reply>& reply, const SessionCookie& cookie, http::Response* response) {
  if (reply ? reply->cookie && reply->cookie->token.empty() : reply.error().reason == kSessionEnded)
    response->headers.emplace_back("Set-Cookie", cookie.Clear());
  else if (reply && reply->cookie)
    response->headers.emplace_back("Set-Cookie", cookie.Set(reply->cookie->token, reply->cookie->max_age));
}

http::Response ToResponse(const Reply& reply) {
  http::Response response;
  response.status = reply.status;
  response.headers = reply.headers;
  if (!reply.json.is_null()) response.body = Dump(reply.json);
  // What an API key shows is nobody else's.
  response.headers.emplace_back("Cache-Control", "no-store");
  return response;
}

// draft-ietf-httpapi-ratelimit-headers: how many calls the account has left in this minute.
void AddBudget(const CallBudget::Answer& budget, http::Response* response) {
  if (budget.most == 0) return;
  response->headers.emplace_back("RateLimit-Policy", "\"calls\";q=" + std::to_string(budget.most) +
                                                         ";w=" + std::to_string(CallBudget::kWindow.count()));
  response->headers.emplace_back("RateLimit", "\"calls\";r=" + std::to_string(budget.remaining) +
                                                  ";t=" + std::to_string(budget.reset.count()));
}

// The page may use its own style and nothing else.
std::string PagePolicy(std::string_view page) {
  constexpr std::string_view kOpen = "<style>";
  const std::size_t begin = page.find(kOpen) + kOpen.size();
  const std::string_view style = page.substr(begin, page.find("</style>") - begin);
  return "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; style-src "
         "'sha256-" +
         ToBase64(crypto::Sha256(style)) + "'";
}

http::Response WithId(http::Response response, const std::string& request_id) {
  response.headers.emplace_back("X-Request-Id", request_id);
  // Texts of strangers are shown in it: it is what it says it is.
  response.headers.emplace_back("X-Content-Type-Options", "nosniff");
  return response;
}

void LogFailure(const Error& error, const std::string& request_id) {
  if (error.code == ErrorCode::kInternal)
    log::Error("rest.failed", {{"request_id", request_id}, {"error", error.message}});
  if (error.code == ErrorCode::kUnavailable)
    log::Warn("rest.unavailable", {{"request_id", request_id}, {"error", error.message}});
}

}  // namespace

http::Response RestApi::Handle(const http::Request& request) {
  const MonoTime begun = runtime::ReadClock().mono;
  const std::string request_id = RequestId(request);
  const Document::Found found = runner_.document().Find(request.method, request.path);
  http::Response response = WithId(Serve(found, request, request_id), request_id);
  metrics_.Count(found.operation, response.status, runtime::ReadClock().mono - begun);
  return response;
}

http::Response RestApi::Refuse(const http::Request& so_far, int status, const std::string& code,
                               const std::string& detail) {
  const std::string request_id = RequestId(so_far);
  return WithId(HttpProblem(status, code, detail, request_id), request_id);
}

http::Response RestApi::Serve(const Document::Found& found, const http::Request& request,
                              const std::string& request_id) const {
  if (found.operation == nullptr) {
    if (found.allowed.empty())
      return HttpProblem(404, "no_such_path", "there is nothing at this path", request_id);
    http::Response response =
        HttpProblem(405, "method_not_allowed", "this path takes " + found.allowed, request_id);
    response.headers.emplace_back("Allow", found.allowed);
    return response;
  }
  if (found.operation->open) return ServeOpen(*found.operation);
  const SessionCookie cookie = CookieOf(request);
  Caller caller;
  caller.browser = ReadBrowser(request, cookie);
  // Two credentials are none: which one is meant would be a guess.
  if (request.CountHeader("authorization") == 1) caller.authorization = request.Header("authorization");
  caller.remote_address = ClientAddress(request, trusted_proxies_);
  caller.request_id = request_id;
  if (request.CountHeader("traceparent") == 1) caller.traceparent = request.Header("traceparent");
  if (request.CountHeader("tracestate") == 1) caller.tracestate = request.Header("tracestate");
  CallBudget::Answer budget;
  const auto reply = runner_.Run(
      *found.operation, caller, [&] { return ReadInput(*found.operation, found.id, request); }, &budget);
  if (!reply) LogFailure(reply.error(), request_id);
  http::Response response = reply ? ToResponse(*reply) : ToProblem(reply.error(), request_id);
  AddBudget(budget, &response);
  AddCookie(reply, cookie, &response);
  return response;
}

http::Response RestApi::ServeOpen(const Operation& operation) const {
  http::Response response;
  if (operation.id == "getApiDescription") {
    response.body = runner_.document().text();
    return response;
  }
  static const std::string policy = PagePolicy(kOpenApiPage);
  response.body = kOpenApiPage;
  response.content_type = "text/html; charset=utf-8";
  response.headers.emplace_back("Content-Security-Policy", policy);
  return response;
}

Result<Input> RestApi::ReadInput(const Operation& operation, const std::string& id,
                                 const http::Request& request) const {
  Input input;
  input.id = id;
  input.query = runner_.document().ReadQuery(operation, request.query, &input.violations);
  auto revision = IfMatch(request);
  if (!revision) return revision.error();
  input.if_revision = *revision;
  // Given twice it is none that could be heeded: refused later, as an empty one is.
  const std::size_t keys = request.CountHeader("idempotency-key");
  if (keys > 0) input.idempotency_key = keys == 1 ? std::string(request.Header("idempotency-key")) : "";
  if (!operation.body) {
    if (!request.body.empty()) return BadJson("this call takes no body");
    return input;
  }
  if (request.body.empty() && !operation.body_required) return input;
  if (!request.body.empty() && !IsJson(request.Header("content-type")))
    return Error{ErrorCode::kInvalid, kNotJson, "send Content-Type: application/json"};
  auto body = ParseBody(request.body, operation.id == "publishEvent" ? Nul::kTaken : Nul::kRefused);
  if (!body) return body.error();
  const auto wrong = runner_.document().CheckBody(operation, *body);
  input.violations.insert(input.violations.end(), wrong.begin(), wrong.end());
  input.body = std::move(*body);
  input.text = request.body;
  return input;
}

}  // namespace webhook::rest
