#include "tests/load/produce/records.h"

#include <algorithm>

#include "domain/canonical_json.h"
#include "domain/event.h"
#include "domain/hash.h"
#include "records/records.h"
#include "runtime/clock.h"
#include "tests/load/publish/event_maker.h"

namespace webhook::load {
namespace {

// In each partition many more bytes than a compressor looks back.
constexpr std::uint64_t kMost = 20'000;

// In place of random ones.
Bytes16 Digits(std::uint64_t n) {
  return Hash128(std::to_string(n));
}

}  // namespace

std::vector<Record> MakeRecords(std::uint64_t count, std::size_t data_bytes) {
  const EventMaker maker({TimeOrderedId("account", runtime::ReadClock().wall, Digits(0))}, {"user.created"},
                         data_bytes);
  std::vector<Record> records;
  v1::Event asked;
  for (std::uint64_t n = 0; n < std::clamp<std::uint64_t>(count, 1, kMost); ++n) {
    const WallTime now = runtime::ReadClock().wall;
    maker.Fill(n, now, &asked);
    Event event;
    event.id = EventId(TimeOrderedId("event", now, Digits(n)));
    event.account = AccountId(asked.account_id());
    event.type = asked.event_type();
    event.notification_id = DeriveNotificationId(event.account, event.id);
    event.body = NotificationBody(event.notification_id, event.type, now, asked.data());
    event.accepted_at = now;
    records.push_back({event.id.str(), EncodeEvent(event)});
  }
  return records;
}

}  // namespace webhook::load
