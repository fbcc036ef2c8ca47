#pragma once

#include <string>

#include "services/registry/store/deliveries.h"

namespace webhook {

// The filter of a redelivery in bulk, as RedeliveryFilter of the API's description has it. REQUIRES: it was
// checked.
store::DeliveryFilter ReadRedeliveryFilter(const std::string& json);

// The state of the word; nullopt: none has it.
std::optional<DeliveryState> ReadState(const std::string& word);

}  // namespace webhook
