#include "services/event-ingest/publish/make_event.h"

#include "core/nearest_name.h"
#include "domain/canonical_json.h"
#include "domain/trace_context.h"

namespace webhook {
namespace {

constexpr std::int64_t kEndOfYear9999 = 253'402'300'800;

void CheckType(std::string_view type, const PublishRights& rights, const std::string& event,
               std::vector<FieldViolation>* violations) {
  if (rights.event_types.contains(type)) return;
  const std::string at = event + ".event_type";
  if (type.empty())
    return violations->push_back({at, "required", "name the event's type, like user.created"});
  std::vector<std::string> names;
  for (const auto& [name, schema] : rights.event_types) names.push_back(name);
  const std::string near = NearestName(type, names);
  violations->push_back(
      {at, "unknown_event_type",
       "is no type of the catalogue" + (near.empty() ? "" : "; did you mean \"" + near + "\"?")});
}

void CheckAccount(std::string_view account, const PublishRights& rights, const std::string& event,
                  std::vector<FieldViolation>* violations) {
  if (rights.account_ids.contains(account)) return;
  const std::string at = event + ".account_id";
  if (account.empty())
    return violations->push_back({at, "required", "name the account whose webhooks get the event"});
  violations->push_back({at, "unknown_account", "is no account"});
}

// Told as fields of the request are: "event.data/user/id".
std::vector<FieldViolation> CheckData(std::string_view type, const PublishRights& rights,
                                      const std::string& text, const std::string& at) {
  const auto known = rights.event_types.find(type);
  if (known == rights.event_types.end() || !known->second) return {};
  return known->second->Check(text, at);
}

bool InRange(const PublishInput::Time& time) {
  return time.seconds >= 0 && time.seconds < kEndOfYear9999 && time.nanos >= 0 && time.nanos < 1'000'000'000;
}

}  // namespace

Result<MadeEvent> MakeEvent(const PublishInput& input, const PublishRights& rights, const std::string& at,
                            WallTime now, const Bytes16& random) {
  std::vector<FieldViolation> violations;
  if (!input.event_id.empty() && !IsIdText(input.event_id))
    violations.push_back({at + ".event_id", "bad_event_id", "must be 1 to 128 of A-Z a-z 0-9 _ -"});
  CheckAccount(input.account_id, rights, at, &violations);
  CheckType(input.event_type, rights, at, &violations);
  if (input.occurred_at && !InRange(*input.occurred_at))
    violations.push_back({at + ".occurred_at", "out_of_range", "must be in the years 1970 to 9999"});
  const auto data = CanonicalObject(input.data, at + ".data");
  const auto broken =
      data ? CheckData(input.event_type, rights, data->text, at + ".data") : std::vector<FieldViolation>();
  if (!data || rights.refuse_broken) {
    const auto& found = data ? broken : data.error().violations;
    violations.insert(violations.end(), found.begin(), found.end());
  }
  if (!violations.empty()) return InvalidError(std::move(violations));

  MadeEvent made;
  Event& event = made.event;
  event.account = AccountId(std::string(input.account_id));
  event.id =
      EventId(input.event_id.empty() ? TimeOrderedId("event", now, random) : std::string(input.event_id));
  event.type = input.event_type;
  event.notification_id = DeriveNotificationId(event.account, event.id);
  const WallTime occurred =
      input.occurred_at ? WallTime(std::chrono::seconds(input.occurred_at->seconds)) : now;
  event.body = NotificationBody(event.notification_id, event.type, occurred, data->text);
  event.accepted_at = now;
  if (const auto context = ParseTraceparent(input.traceparent)) {
    event.traceparent = FormatTraceparent(*context);
    if (IsTracestate(input.tracestate)) event.tracestate = input.tracestate;
  }
  made.kept_numbers = data->kept_numbers;
  made.breaks_schema = !broken.empty();
  return made;
}

}  // namespace webhook
