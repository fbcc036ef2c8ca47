#pragma once

#include "services/registry/api/operations/call.h"

namespace webhook {

// The operation of openapi/stats.yaml.
void AddStatsHandlers(Handlers* handlers);

}  // namespace webhook
