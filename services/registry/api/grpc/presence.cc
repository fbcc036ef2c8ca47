#include "services/registry/api/grpc/presence.h"

namespace webhook {
namespace {

constexpr std::chrono::seconds kEvery{15};
static_assert(store::kInstanceGone >= 3 * kEvery, "one that is late is not gone");

}  // namespace

void Presence::Keep(MonoTime now) {
  if (now < due_) return;
  const auto noted = database_.Transact<WallTime>(
      "note an instance", [this](store::Tx& tx) -> Result<WallTime> { return NoteInstance(tx, instance_); });
  if (!noted) return;
  seen_at_ = *noted;
  due_ = now + kEvery;
}

void Presence::Leave() {
  if (!seen_at_) return;
  static_cast<void>(database_.Transact<Done>("forget an instance", [this](store::Tx& tx) -> Status {
    ForgetInstance(tx, instance_, *seen_at_);
    return Ok();
  }));
}

}  // namespace webhook
