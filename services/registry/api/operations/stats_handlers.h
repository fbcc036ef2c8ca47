#pragma once

#include "services/registry/api/operations/call.h"

namespace webhook {

// The operations of openapi/stats.yaml.
void AddStatsHandlers(Handlers* handlers);

}  // namespace webhook
