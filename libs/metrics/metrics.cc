#include "metrics/metrics.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <vector>

#include "core/check.h"
#include "metrics/families.h"

namespace webhook::metrics {
namespace {

bool Allows(const Label& label, const std::string& value) {
  if (label.values.starts_with('<')) return true;
  const std::vector<std::string> values = ValuesOf(label);
  return std::find(values.begin(), values.end(), value) != values.end();
}

void CheckLabels(const Family& family, const Labels& labels) {
  std::size_t known = 0;
  for (const Label& label : family.labels) {
    if (label.name.empty()) continue;
    ++known;
    const auto given = labels.find(std::string(label.name));
    CHECK(given != labels.end() && Allows(label, given->second), family.name.data());
  }
  CHECK(known == labels.size(), family.name.data());
}

template <typename Builder>
auto& Register(Builder builder, const Family& family, const Labels& labels, prometheus::Registry* registry) {
  CheckLabels(family, labels);
  return builder.Name(std::string(family.name)).Help(std::string(family.help)).Register(*registry);
}

}  // namespace

std::vector<std::string> ValuesOf(const Label& label) {
  std::vector<std::string> values;
  for (std::size_t begin = 0; begin <= label.values.size();) {
    const std::size_t end = std::min(label.values.find(", ", begin), label.values.size());
    values.emplace_back(label.values.substr(begin, end - begin));
    begin = end + 2;
  }
  return values;
}

void Counter::Add(double n) const {
  counter_->Increment(n);
}
void Gauge::Set(double value) const {
  gauge_->Set(value);
}
void Gauge::Add(double n) const {
  gauge_->Increment(n);
}
void Histogram::Observe(double value) const {
  histogram_->Observe(value);
}

struct Registry::State {
  prometheus::Registry registry{prometheus::Registry::InsertBehavior::Merge};
};

Registry::Registry() : state_(std::make_unique<State>()) {
  Make(kBuildInfo, {{"version", WEBHOOK_VERSION}, {"revision", WEBHOOK_REVISION}}).Set(1);
}
Registry::~Registry() = default;

Counter Registry::Make(const CounterFamily& family, const Labels& labels) {
  return Counter(&Register(prometheus::BuildCounter(), family, labels, &state_->registry).Add(labels));
}

Gauge Registry::Make(const GaugeFamily& family, const Labels& labels) {
  return Gauge(&Register(prometheus::BuildGauge(), family, labels, &state_->registry).Add(labels));
}

Histogram Registry::Make(const HistogramFamily& family, const Labels& labels) {
  const std::vector<double> bounds(family.bounds.begin(), family.bounds.end());
  return Histogram(
      &Register(prometheus::BuildHistogram(), family, labels, &state_->registry).Add(labels, bounds));
}

std::string Registry::Render() const {
  return prometheus::TextSerializer().Serialize(state_->registry.Collect());
}

}  // namespace webhook::metrics
