#pragma once

#include <chrono>

#include "core/result.h"
#include "metrics/metrics.h"
#include "postgres/database.h"
#include "services/registry/store/log_days.h"

namespace webhook {

// Makes the delivery log's days ahead, and drops those that retention is over for.
class LogKeeper {
 public:
  LogKeeper(postgres::DatabaseOptions database, std::chrono::days retention, metrics::Registry& metrics);

  Status MakeAhead();
  // Tells the metrics how many there are.
  Status LookAhead();
  Status DropOld();

 private:
  const postgres::DatabaseOptions database_;
  store::LogDays days_;
  const metrics::Gauge ahead_;
};

}  // namespace webhook
