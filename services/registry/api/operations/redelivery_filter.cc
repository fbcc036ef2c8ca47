#include "services/registry/api/operations/redelivery_filter.h"

#include <nlohmann/json.hpp>

namespace webhook {

std::optional<DeliveryState> ReadState(const std::string& word) {
  for (int number = 1; number <= static_cast<int>(DeliveryState::kBlocked); ++number) {
    const auto state = static_cast<DeliveryState>(number);
    if (ToText(state) == word) return state;
  }
  return std::nullopt;
}

store::DeliveryFilter ReadRedeliveryFilter(const std::string& text) {
  const auto json = nlohmann::json::parse(text);
  store::DeliveryFilter filter;
  filter.webhook_id = json.value("webhook_id", "");
  filter.event_type = json.value("event", "");
  filter.state = ReadState(json.value("state", ""));
  if (json.contains("since")) filter.since = ParseTime(json.at("since").get<std::string>());
  if (json.contains("until")) filter.until = ParseTime(json.at("until").get<std::string>());
  if (json.contains("changed_since"))
    filter.changed_since = ParseTime(json.at("changed_since").get<std::string>());
  return filter;
}

}  // namespace webhook
