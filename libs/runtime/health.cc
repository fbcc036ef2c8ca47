#include "runtime/health.h"

#include <algorithm>

namespace webhook::runtime {

void Health::Require(const std::string& part) {
  state_.Lock()->parts.try_emplace(part);
}

void Health::SetUp(const std::string& part, bool up, std::string why_not) {
  auto state = state_.Lock();
  Part& found = state->parts[part];
  found.up = up;
  found.why_not = std::move(why_not);
  const auto& parts = state->parts;
  if (std::all_of(parts.begin(), parts.end(), [](const auto& entry) { return entry.second.up; }))
    state->started = true;
}

void Health::BeginDrain() {
  state_.Lock()->draining = true;
}

bool Health::ready() const {
  return problems().empty();
}

bool Health::started() const {
  return state_.Lock()->started;
}

std::vector<std::string> Health::problems() const {
  auto state = state_.Lock();
  std::vector<std::string> problems;
  if (state->draining) problems.emplace_back("draining");
  for (const auto& [name, part] : state->parts) {
    if (!part.up) problems.push_back(name + ": " + part.why_not);
  }
  return problems;
}

}  // namespace webhook::runtime
