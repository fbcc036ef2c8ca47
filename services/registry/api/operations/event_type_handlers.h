#pragma once

#include "services/registry/api/operations/call.h"

namespace webhook {

// The operations of openapi/event_types.yaml. The catalogue is all accounts': who may change it has a key of
// the operator's, with the scope event-types:write.
void AddEventTypeHandlers(Handlers* handlers);

}  // namespace webhook
