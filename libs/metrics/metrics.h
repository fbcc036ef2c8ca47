#pragma once

#include <map>
#include <memory>
#include <string>

#include "metrics/family.h"

namespace prometheus {
class Counter;
class Gauge;
class Histogram;
}  // namespace prometheus

namespace webhook::metrics {

// prometheus-cpp behind three types. Handles are cheap to copy and live as long as the registry. Every use is
// thread-safe. What there is to count: metrics/families.h.

class Counter {
 public:
  explicit Counter(prometheus::Counter* counter) : counter_(counter) {}
  void Add(double n = 1) const;

 private:
  prometheus::Counter* counter_;
};

class Gauge {
 public:
  explicit Gauge(prometheus::Gauge* gauge) : gauge_(gauge) {}
  void Set(double value) const;
  void Add(double n = 1) const;

 private:
  prometheus::Gauge* gauge_;
};

class Histogram {
 public:
  explicit Histogram(prometheus::Histogram* histogram) : histogram_(histogram) {}
  void Observe(double value) const;

 private:
  prometheus::Histogram* histogram_;
};

using Labels = std::map<std::string, std::string>;

// All metrics of a process. Asking twice for the same family and labels gives the same time series. REQUIRES:
// the labels are the family's, with values that it names.
class Registry {
 public:
  Registry();  // holds kBuildInfo
  ~Registry();
  Registry(const Registry&) = delete;
  Registry& operator=(const Registry&) = delete;

  Counter Make(const CounterFamily& family, const Labels& labels = {});
  Gauge Make(const GaugeFamily& family, const Labels& labels = {});
  Histogram Make(const HistogramFamily& family, const Labels& labels = {});

  // Prometheus text format 0.0.4.
  std::string Render() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace webhook::metrics
