#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace webhook::metrics {

enum class Kind { kCounter, kGauge, kHistogram };

struct Label {
  std::string_view name;
  // All that there are, comma-separated; or, in angle brackets, what they are: a closed set too, but told
  // elsewhere.
  std::string_view values;
};

// All values of a label whose set is told here. REQUIRES: no angle brackets.
std::vector<std::string> ValuesOf(const Label& label);

// What is known of a metric before anything is counted.
struct Family {
  static constexpr std::size_t kMaxLabels = 3;

  Kind kind{};
  std::string_view name;
  std::string_view services;  // that export it, comma-separated
  std::string_view help;
  std::array<Label, kMaxLabels> labels{};  // those without a name are none
  std::span<const double> bounds{};        // of a histogram: upper limits of the buckets, ascending
};

struct CounterFamily : Family {};
struct GaugeFamily : Family {};
struct HistogramFamily : Family {};

template <typename Typed, typename... Labels>
consteval Typed MakeFamily(Kind kind, std::string_view name, std::string_view services, std::string_view help,
                           std::span<const double> bounds, Labels... labels) {
  return Typed{Family{kind, name, services, help, {labels...}, bounds}};
}

template <typename... Labels>
consteval CounterFamily CounterOf(std::string_view name, std::string_view services, std::string_view help,
                                  Labels... labels) {
  return MakeFamily<CounterFamily>(Kind::kCounter, name, services, help, {}, labels...);
}

template <typename... Labels>
consteval GaugeFamily GaugeOf(std::string_view name, std::string_view services, std::string_view help,
                              Labels... labels) {
  return MakeFamily<GaugeFamily>(Kind::kGauge, name, services, help, {}, labels...);
}

template <typename... Labels>
consteval HistogramFamily HistogramOf(std::string_view name, std::string_view services, std::string_view help,
                                      std::span<const double> bounds, Labels... labels) {
  return MakeFamily<HistogramFamily>(Kind::kHistogram, name, services, help, bounds, labels...);
}

}  // namespace webhook::metrics
