#include "tests/sim/trace.h"

namespace webhook::sim {
namespace {

std::string NameOf(Place place) {
  return std::string(NameOf(place.topic)) + "[" + std::to_string(place.partition) + "] ";
}

}  // namespace

std::string Seconds(Time time) {
  return std::to_string(time.count() / 1'000'000) + "." +
         std::to_string(1'000 + time.count() / 1'000 % 1'000).substr(1) + " s";
}

std::string Describe(Place place, std::int64_t offset, const Record& record) {
  const std::string at = NameOf(place) + std::to_string(offset) + ": ";
  if (record.event) return at + record.event->id.str();
  if (record.attempt) {
    const AttemptRecord& attempt = *record.attempt;
    return at + "event " + attempt.event_id.str() + ", " + attempt.webhook_id.str() + ", run " +
           std::to_string(attempt.run) + ", attempt " + std::to_string(attempt.attempt) + " of " +
           std::to_string(attempt.delivery_offset) + " " + std::string(ToText(attempt.state)) + " " +
           attempt.outcome;
  }
  constexpr const char* kReasons[] = {"new", "retry", "parked"};
  const Delivery& delivery = *record.delivery;
  return at + "event " + delivery.event->id.str() + ", " + delivery.webhook_id.str() + ", run " +
         std::to_string(delivery.run) + ", attempt " + std::to_string(delivery.attempt) + ", " +
         kReasons[static_cast<int>(delivery.wait_reason)] + (record.moved_from ? ", moved" : "") +
         (delivery.due_at ? ", due " + Seconds(VirtualClock::FromWall(*delivery.due_at)) : "");
}

std::string Describe(Place place, const Checkpoint& checkpoint) {
  std::string map;
  for (const bool done : checkpoint.done) map += done ? '1' : '0';
  return "commit " + NameOf(place) + std::to_string(checkpoint.offset) + " " + map + " attempts " +
         std::to_string(checkpoint.attempts_offset) + (checkpoint.settled ? " settled" : "") +
         (checkpoint.unsettled.empty() ? "" : ", unsettled " + std::to_string(checkpoint.unsettled.size()));
}

}  // namespace webhook::sim
