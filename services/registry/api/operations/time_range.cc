#include "services/registry/api/operations/time_range.h"

namespace webhook {

std::optional<WallTime> QueryTime(const Call& call, const char* name) {
  if (!call.HasQuery(name)) return std::nullopt;
  const nlohmann::json& text = call.input.query.at(name);
  return text.is_string() ? ParseTime(text.get<std::string>()) : std::nullopt;
}

std::vector<FieldViolation> CheckTimeRange(const Call& call) {
  const auto since = QueryTime(call, "since");
  const auto until = QueryTime(call, "until");
  if (!since || !until || *since <= *until) return {};
  return {{"/until", "out_of_range", "must not be before since"}};
}

}  // namespace webhook
