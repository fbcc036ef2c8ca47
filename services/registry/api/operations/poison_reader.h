#pragma once

#include <vector>

#include "core/result.h"
#include "kafka/cluster.h"
#include "services/registry/api/operations/poison_page.h"

namespace webhook {

struct PoisonPage {
  std::vector<PoisonEntry> entries;  // newest first
  PoisonBounds before;               // where the list goes on
  bool more = false;
};

// Reads webhook.poison from its end, without a group and without a commit. `before`: empty begins with the
// newest. kUnavailable where Kafka does not give all of it within 3 s. From any thread; blocks.
Result<PoisonPage> ReadPoison(const kafka::Cluster& cluster, const PoisonBounds& before, std::size_t most);

}  // namespace webhook
