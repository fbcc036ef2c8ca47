#pragma once

#include <string>
#include <utility>
#include <vector>

#include "core/result.h"
#include "core/time.h"
#include "domain/delivery.h"
#include "domain/webhook.h"

namespace webhook {

using HeaderList = std::vector<std::pair<std::string, std::string>>;

// Every header of one attempt (docs/contract.md), in the order in which it is sent: the customer's own, then
// ours, signed with the webhook's secrets that live at `now`. Host and Content-Length are the connection's.
// kInternal "no_secret": none lives. Pure.
Result<HeaderList> SignedHeaders(const Delivery& delivery, const Webhook& webhook, WallTime now);
// The same as they stand in a request's head: "Name: value\r\n" each.
Result<std::string> SignedHeaderLines(const Delivery& delivery, const Webhook& webhook, WallTime now);

}  // namespace webhook
