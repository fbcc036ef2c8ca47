#include "services/registry/api/operations/health_handlers.h"

#include <algorithm>

#include "runtime/clock.h"
#include "services/registry/api/operations/health_summary.h"
#include "services/registry/api/operations/page.h"

namespace webhook {
namespace {

constexpr std::chrono::hours kStep{1};
constexpr int kSteps = 24;
constexpr std::size_t kMostWebhooks = 100;  // asked for by their ids

std::vector<std::string> Ids(const std::string& text) {
  std::vector<std::string> ids(1);
  for (const char c : text) {
    if (c == ',') {
      ids.emplace_back();
    } else {
      ids.back() += c;
    }
  }
  return ids;
}

std::vector<FieldViolation> Check(const Call& call) {
  if (Ids(call.Query<std::string>("webhook_id")).size() <= kMostWebhooks) return {};
  return {{"/webhook_id", "too_many", "must be at most " + std::to_string(kMostWebhooks) + " ids"}};
}

std::vector<HealthItem> ReadItems(const Call& call, std::vector<store::WebhookHealth> list) {
  std::vector<WebhookId> ids;
  for (const store::WebhookHealth& health : list) ids.push_back(health.id);
  const WallTime now = runtime::ReadClock().wall;
  const WallTime since = std::chrono::floor<std::chrono::hours>(now) - (kSteps - 1) * kStep;
  auto hours = store::ReadHours(call.tx(), call.account(), ids, since, now);
  const auto waiting = store::ReadWaitingOf(call.tx(), call.account(), ids, kHealthWaitingLooked);
  std::vector<HealthItem> items;
  for (store::WebhookHealth& health : list) {
    const auto waits = waiting.find(health.id);
    auto& steps = hours[health.id];
    items.push_back(
        {std::move(health), waits == waiting.end() ? store::Waiting{} : waits->second, std::move(steps)});
  }
  return items;
}

}  // namespace

void HealthHandlers::AddTo(Handlers* handlers) {
  (*handlers)["listWebhookHealth"] = {[this](const Call& call) { return List(call); }, Check};
}

Result<Reply> HealthHandlers::List(const Call& call) const {
  const auto page = PageReader::Read(call, cursor_key_);
  if (!page) return page.error();
  store::HealthFilter filter;
  if (call.HasQuery("failing")) filter.failing = call.Query<bool>("failing");
  if (call.HasQuery("webhook_id")) filter.webhooks = Ids(call.Query<std::string>("webhook_id"));
  std::optional<store::HealthPosition> after;
  if (const Cursor& end = page->after(); !end.id.empty()) {
    after = store::HealthPosition{std::nullopt, end.id};
    if (end.micros != 0) after->failing_since = WallTime(std::chrono::microseconds(end.micros));
  }
  return page->Answer<HealthItem>(
      ReadItems(call, store::ListHealth(call.tx(), call.account(), filter, after, page->rows())),
      [](const HealthItem& last) {
        const store::WebhookHealth& health = last.health;
        return Cursor{health.failing() ? health.failing_since->time_since_epoch().count() : 0,
                      health.id.str()};
      });
}

}  // namespace webhook
