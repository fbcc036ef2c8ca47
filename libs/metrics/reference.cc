#include "metrics/reference.h"

#include <string_view>

#include "metrics/families.h"

namespace webhook::metrics {
namespace {

constexpr std::string_view kHead =
    "# Metrics\n\n"
    "Made from `libs/metrics/families.h` by `./dev docs`; do not edit.\n\n"
    "Each service serves them at `/metrics` of its admin port. Labels have closed sets of values: the number "
    "of "
    "time series does not grow with accounts, webhooks or events. What concerns one webhook is in the "
    "delivery "
    "log: `GET /v2/webhooks/{id}/stats` and the dashboard.\n\n"
    "| metric | type | services | labels | what |\n|---|---|---|---|---|\n";

std::string_view TypeOf(Kind kind) {
  switch (kind) {
    case Kind::kCounter:
      return "counter";
    case Kind::kGauge:
      return "gauge";
    case Kind::kHistogram:
      return "histogram";
  }
  return "";
}

// Angle brackets would be taken for HTML.
std::string ValuesText(const Label& label) {
  if (!label.values.starts_with('<')) return std::string(label.values);
  return "*" + std::string(label.values.substr(1, label.values.size() - 2)) + "*";
}

std::string LabelsOf(const Family& family) {
  std::string text;
  for (const Label& label : family.labels) {
    if (label.name.empty()) continue;
    if (!text.empty()) text += "; ";
    text.append("`").append(label.name).append("`: ").append(ValuesText(label));
  }
  return text;
}

}  // namespace

std::string Reference() {
  std::string text(kHead);
  for (const Family* family : kFamilies) {
    text.append("| `").append(family->name).append("` | ").append(TypeOf(family->kind)).append(" | ");
    text.append(family->services).append(" | ").append(LabelsOf(*family)).append(" | ");
    text.append(family->help).append(" |\n");
  }
  return text;
}

}  // namespace webhook::metrics
