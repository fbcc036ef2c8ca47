#pragma once

#include <optional>
#include <vector>

#include "core/result.h"
#include "core/time.h"
#include "domain/webhook.h"
#include "services/registry/store/deliveries.h"
#include "services/registry/store/tx.h"

namespace webhook::store {

// Of one webhook at a time; a delivery that was cancelled longer ago than any waits (four days) is forgotten.
inline constexpr int kMostCancellations = 1'000;

// The delivery's present run is not to be sent any more. Idempotent. kConflict "too_many_cancellations".
Status Cancel(Tx& tx, const DeliveryRow& delivery);
// When that was asked for of its present run; nullopt: it was not, or longer ago than any waits.
std::optional<WallTime> CancelledAt(Tx& tx, const DeliveryRow& delivery);
// Puts what was cancelled into the webhooks.
void ReadCancellations(Tx& tx, std::vector<Webhook>* webhooks);

}  // namespace webhook::store
