#pragma once

#include <map>
#include <string>
#include <utility>

#include "core/result.h"
#include "core/time.h"
#include "metrics/metrics.h"
#include "postgres/database.h"
#include "services/registry/api/operations/delivery_commands.h"
#include "services/registry/store/redeliveries.h"

namespace webhook {

// Moves redeliveries in bulk on: of each webhook's part so many deliveries in each step as half of its limit
// allows. Run by the leader alone, in one thread. A crash at any moment loses and repeats nothing
// (store/redeliveries.h).
class RedeliveryRunner {
 public:
  // The database (of all accounts) and the port outlive it.
  RedeliveryRunner(postgres::Database& database, OwnDeliveriesPort& port, metrics::Registry& metrics);

  // One step of the next parts whose time has come: of all, where they are not very many.
  Status Step();

 private:
  Status StepPart(const store::RedeliveryPart& part, MonoTime now);

  postgres::Database& database_;
  OwnDeliveriesPort& port_;
  metrics::Counter sent_;
  // How many of a part may be appended: grows with time at its pace, up to a step's worth.
  struct Allowance {
    double deliveries = 0;
    MonoTime since{};
  };
  std::map<std::pair<std::string, WebhookId>, Allowance> allowances_;
  store::RedeliveryPart behind_;  // where the step before ended; empty: at the end of all
};

}  // namespace webhook
