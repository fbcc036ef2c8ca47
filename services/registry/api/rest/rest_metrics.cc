#include "services/registry/api/rest/rest_metrics.h"

#include "metrics/families.h"

namespace webhook::rest {
namespace {

constexpr char kNone[] = "none";

}  // namespace

RestMetrics::RestMetrics(metrics::Registry& registry, const Document& document) : registry_(registry) {
  for (const Operation& operation : document.operations())
    seconds_.emplace(operation.id, registry.Make(metrics::kRestSeconds, {{"operation", operation.id}}));
}

void RestMetrics::Count(const Operation* operation, int status, std::chrono::microseconds took) {
  const std::string id = operation == nullptr ? kNone : operation->id;
  if (const auto seconds = seconds_.find(id); seconds != seconds_.end())
    seconds->second.Observe(std::chrono::duration<double>(took).count());
  const std::scoped_lock lock(mutex_);
  auto counter = requests_.find({id, status});
  if (counter == requests_.end()) {
    const auto made =
        registry_.Make(metrics::kRestRequests, {{"operation", id}, {"code", std::to_string(status)}});
    counter = requests_.emplace(std::pair(id, status), made).first;
  }
  counter->second.Add();
}

}  // namespace webhook::rest
