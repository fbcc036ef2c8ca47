#pragma once

#include "core/result.h"
#include "metrics/metrics.h"
#include "postgres/database.h"

namespace webhook {

// Counts what all accounts have, for the metrics. Each replica does: they all tell the same.
class PlatformCounts {
 public:
  // `database` sees all accounts, and outlives it.
  PlatformCounts(postgres::Database& database, metrics::Registry& metrics);

  // One round; a job.
  Status Count();

 private:
  postgres::Database& database_;
  const metrics::Gauge active_;
  const metrics::Gauge inactive_;
  const metrics::Gauge redeliveries_;
};

}  // namespace webhook
