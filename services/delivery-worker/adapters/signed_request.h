#pragma once

#include <memory>

#include "core/result.h"
#include "core/time.h"
#include "domain/delivery.h"
#include "domain/webhook.h"
#include "http/client.h"

namespace webhook {

// The POST of one attempt: to `url`, the webhook's, the event's bytes, and every header of the contract,
// signed with the secrets that live at `now`. Fails (kInternal) only where the registry's data is unusable:
// no secret. Pure.
Result<http::EgressRequest> SignedRequest(const Delivery& delivery, const Webhook& webhook,
                                          std::shared_ptr<const http::EndpointUrl> url, WallTime now);

}  // namespace webhook
