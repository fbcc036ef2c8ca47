#pragma once

#include <optional>

#include "core/time.h"
#include "postgres/database.h"
#include "services/registry/store/instances.h"

namespace webhook {

// Keeps a process in the table of those that run (GET /v2/platform), for as long as it is heard of here. Not
// synchronized.
class Presence {
 public:
  // The database (of all accounts) outlives this.
  Presence(postgres::Database& database, store::Instance instance)
      : database_(database), instance_(std::move(instance)) {}

  // Notes it every 15 s; where that fails, at the next call. Blocks.
  void Keep(MonoTime now);
  // It is gone: forgets it, unless it was noted elsewhere since. Where that fails, it is gone by its age.
  void Leave();

 private:
  postgres::Database& database_;
  const store::Instance instance_;
  MonoTime due_{};
  std::optional<WallTime> seen_at_;  // as it was noted last
};

}  // namespace webhook
