#pragma once

#include <chrono>

#include "core/result.h"
#include "postgres/database.h"
#include "services/registry/store/log_days.h"

namespace webhook {

// Makes the delivery log's days ahead, and drops those that retention is over for.
class LogKeeper {
 public:
  LogKeeper(postgres::DatabaseOptions database, std::chrono::days retention)
      : database_(std::move(database)), days_(retention) {}

  Status MakeAhead();
  Status DropOld();

 private:
  const postgres::DatabaseOptions database_;
  store::LogDays days_;
};

}  // namespace webhook
