#pragma once

#include <chrono>

#include "core/result.h"
#include "metrics/metrics.h"
#include "postgres/database.h"

namespace webhook {

// Deactivates webhooks whose endpoints have only failed for long.
class FailingWebhooks {
 public:
  // `after`: how long it must have failed, and not have been changed. The database (of all accounts) outlives
  // this.
  FailingWebhooks(postgres::Database& database, std::chrono::seconds after, metrics::Registry& metrics);

  // Some of them; to be called again and again.
  Status Look();

 private:
  postgres::Database& database_;
  const std::chrono::seconds after_;
  metrics::Counter deactivated_;
};

}  // namespace webhook
