#include <charconv>
#include <nlohmann/json.hpp>

#include "core/encoding.h"
#include "services/registry/api/cursor.h"
#include "services/registry/api/json_body.h"
#include "services/registry/api/rest_api.h"
#include "services/registry/api/shapes.h"

namespace webhook {
namespace {

using nlohmann::ordered_json;

constexpr int kDefaultLimit = 50;
constexpr int kMaxLimit = 100;

http::Response Answer(int status, const ordered_json& json) {
  http::Response response;
  response.status = status;
  response.body = Dump(json);
  return response;
}

http::Response WithTag(http::Response response, const Webhook& webhook) {
  response.headers.emplace_back("ETag", "\"" + std::to_string(webhook.revision) + "\"");
  return response;
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

// Query parameters of a list. Unknown ones are refused: a misspelt filter must not show everything.
struct ListQuery {
  int limit = kDefaultLimit;
  std::string cursor;
  std::map<std::string, std::string> filters;

  // For the cursor: it goes on with the same list only.
  std::string Scope(const AccountId& account) const {
    std::string scope = account.str();
    for (const auto& [name, value] : filters) scope += "\n" + name + "=" + value;
    return scope;
  }
};

Result<ListQuery> ReadListQuery(const http::Request& request, const std::vector<std::string>& filters) {
  ListQuery query;
  std::vector<FieldViolation> violations;
  for (const auto& [name, value] : request.query) {
    if (name == "cursor") {
      query.cursor = value;
    } else if (name == "limit") {
      const char* end = value.data() + value.size();
      const auto parsed = std::from_chars(value.data(), end, query.limit);
      if (parsed.ec != std::errc() || parsed.ptr != end || query.limit < 1 || query.limit > kMaxLimit)
        violations.push_back({"/limit", "out_of_range", "must be 1 to 100"});
    } else if (std::find(filters.begin(), filters.end(), name) != filters.end()) {
      if (query.filters.contains(name))
        violations.push_back({"/" + ToPointerPart(name), "given_twice", "may be given once"});
      if (!value.empty()) query.filters[name] = value;
    } else {
      violations.push_back({"/" + ToPointerPart(name), "unknown_parameter", "is no parameter of this list"});
    }
  }
  if (!violations.empty()) return InvalidError(std::move(violations));
  return query;
}

// A page of rows, of which one more than the limit was read where there are more.
template <typename Row, typename MakeCursor>
ordered_json Page(std::vector<Row> rows, int limit, MakeCursor make_cursor) {
  const bool more = rows.size() > static_cast<std::size_t>(limit);
  if (more) rows.resize(static_cast<std::size_t>(limit));
  ordered_json page;
  page["data"] = ordered_json::array();
  for (const Row& row : rows) page["data"].push_back(ToJson(row));
  page["next_cursor"] = more ? ordered_json(make_cursor(rows.back())) : ordered_json(nullptr);
  return page;
}

std::optional<DeliveryState> ReadState(const std::string& word) {
  for (int number = 1; number <= static_cast<int>(DeliveryState::kBlocked); ++number) {
    const auto state = static_cast<DeliveryState>(number);
    if (ToText(state) == word) return state;
  }
  return std::nullopt;
}

}  // namespace

Result<http::Response> RestApi::CreateWebhook(const Call& call) {
  const auto body = ParseBody(call.request.body);
  if (!body) return body.error();
  std::vector<FieldViolation> noted;
  const WebhookInput input = ReadWebhookInput(*body, true, &noted);
  const auto created = parts_.webhook_commands.Create(call.account, input, std::move(noted));
  if (!created) return created.error();
  ordered_json json = ToJson(*created);
  json["secret"] = created->webhook.secrets.at(0).value.Reveal();
  http::Response response = WithTag(Answer(201, json), created->webhook);
  response.headers.emplace_back("Location", "/v2/webhooks/" + created->webhook.id.str());
  response.headers.emplace_back("Cache-Control", "no-store");
  return response;
}

Result<http::Response> RestApi::ListWebhooks(const Call& call) {
  const auto query = ReadListQuery(call.request, {});
  if (!query) return query.error();
  const std::string scope = "webhooks\n" + query->Scope(call.account);
  Cursor cursor;
  if (!query->cursor.empty()) {
    auto read = ReadCursor(query->cursor, scope, parts_.api_key_pepper);
    if (!read) return read.error();
    cursor = std::move(*read);
  }
  auto rows = parts_.webhooks.List(call.account, cursor.id, query->limit + 1);
  if (!rows) return rows.error();
  return Answer(200, Page(std::move(*rows), query->limit, [&](const store::WebhookRecord& last) {
                  return SignCursor({0, last.webhook.id.str()}, scope, parts_.api_key_pepper);
                }));
}

Result<http::Response> RestApi::GetWebhook(const Call& call) {
  const auto found = parts_.webhooks.Get(call.account, WebhookId(call.id));
  if (!found) return found.error();
  return WithTag(Answer(200, ToJson(*found)), found->webhook);
}

Result<http::Response> RestApi::UpdateWebhook(const Call& call) {
  const auto body = ParseBody(call.request.body);
  if (!body) return body.error();
  const auto if_revision = IfMatch(call.request);
  if (!if_revision) return if_revision.error();
  std::vector<FieldViolation> noted;
  const WebhookInput input = ReadWebhookInput(*body, false, &noted);
  const auto updated =
      parts_.webhook_commands.Update(call.account, WebhookId(call.id), *if_revision, input, std::move(noted));
  if (!updated) return updated.error();
  return WithTag(Answer(200, ToJson(*updated)), updated->webhook);
}

Result<http::Response> RestApi::DeleteWebhook(const Call& call) {
  const auto if_revision = IfMatch(call.request);
  if (!if_revision) return if_revision.error();
  if (Status deleted = parts_.webhooks.Delete(call.account, WebhookId(call.id), *if_revision); !deleted)
    return deleted.error();
  http::Response response;
  response.status = 204;
  return response;
}

Result<http::Response> RestApi::TestWebhook(const Call& call) {
  const auto body = ParseBody(call.request.body);
  if (!body) return body.error();
  std::vector<FieldViolation> violations;
  ObjectReader reader(*body, "", &violations);
  const auto webhook = reader.Text("webhook_id");
  const auto event = reader.Text("event");
  reader.Require("webhook_id");
  reader.Require("event");
  reader.RefuseUnknown();
  if (!violations.empty()) return InvalidError(std::move(violations));
  const auto tested = parts_.delivery_commands.Test(call.account, WebhookId(*webhook), *event);
  if (!tested) return tested.error();
  ordered_json json;
  json["delivery_id"] = tested->delivery_id.str();
  json["webhook_id"] = *webhook;
  json["event"] = *event;
  json["state"] = ToText(tested->row ? tested->row->state : DeliveryState::kPending);
  if (tested->row) {
    json["outcome"] = tested->row->outcome;
    json["reason"] = tested->row->reason;
  }
  if (tested->attempt) {
    const ordered_json attempt = ToJson(*tested->attempt);
    for (const char* name : {"status", "duration_ms", "response_excerpt"}) json[name] = attempt[name];
  }
  return Answer(tested->row ? 200 : 202, json);
}

Result<http::Response> RestApi::ListDeliveries(const Call& call) {
  const auto query = ReadListQuery(call.request, {"webhook_id", "state", "event", "event_id"});
  if (!query) return query.error();
  const auto filter_of = [&](const char* name) {
    const auto found = query->filters.find(name);
    return found == query->filters.end() ? std::string() : found->second;
  };
  store::DeliveryFilter filter{filter_of("webhook_id"), filter_of("event"), filter_of("event_id"),
                               std::nullopt};
  if (const std::string state = filter_of("state"); !state.empty()) {
    filter.state = ReadState(state);
    if (!filter.state)
      return InvalidError(
          {{"/state", "unknown_state",
            "is pending, waiting, delivered, rejected, failed, cancelled, skipped or blocked"}});
  }
  const std::string scope = "deliveries\n" + query->Scope(call.account);
  std::optional<store::DeliveryPosition> after;
  if (!query->cursor.empty()) {
    const auto cursor = ReadCursor(query->cursor, scope, parts_.api_key_pepper);
    if (!cursor) return cursor.error();
    after = store::DeliveryPosition{WallTime(std::chrono::microseconds(cursor->micros)), cursor->id};
  }
  auto rows = parts_.deliveries.List(call.account, filter, after, query->limit + 1);
  if (!rows) return rows.error();
  return Answer(200, Page(std::move(*rows), query->limit, [&](const store::DeliveryRow& last) {
                  return SignCursor({last.created_at.time_since_epoch().count(), last.id.str()}, scope,
                                    parts_.api_key_pepper);
                }));
}

Result<http::Response> RestApi::GetDelivery(const Call& call) {
  const DeliveryId id(call.id);
  const auto delivery = parts_.deliveries.Get(call.account, id);
  if (!delivery) return delivery.error();
  const auto attempts = parts_.deliveries.Attempts(id);
  if (!attempts) return attempts.error();
  ordered_json json = ToJson(*delivery);
  json["attempt_log"] = ordered_json::array();
  for (const store::AttemptRow& attempt : *attempts) json["attempt_log"].push_back(ToJson(attempt));
  return Answer(200, json);
}

Result<http::Response> RestApi::Redeliver(const Call& call) {
  const auto run = parts_.delivery_commands.Redeliver(call.account, DeliveryId(call.id));
  if (!run) return run.error();
  return Answer(202, {{"id", call.id}, {"run", *run}});
}

Result<http::Response> RestApi::ListEventTypes(const Call&) {
  const auto types = parts_.event_types.List();
  if (!types) return types.error();
  ordered_json json;
  json["data"] = ordered_json::array();
  for (const store::EventType& type : *types) json["data"].push_back(ToJson(type));
  return Answer(200, json);
}

}  // namespace webhook
