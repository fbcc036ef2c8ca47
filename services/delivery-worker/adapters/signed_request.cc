#include "services/delivery-worker/adapters/signed_request.h"

#include <string>
#include <utility>

#include "signing/signed_headers.h"

namespace webhook {

Result<http::EgressRequest> SignedRequest(const Delivery& delivery, const Webhook& webhook,
                                          std::shared_ptr<const http::EndpointUrl> url, WallTime now) {
  auto headers = SignedHeaderLines(delivery, webhook, now);
  if (!headers) return headers.error();

  http::EgressRequest request;
  request.url = std::move(url);
  request.body = std::shared_ptr<const std::string>(delivery.event, &delivery.event->body);
  request.sender = webhook.account;
  request.timeout = webhook.timeout;
  request.headers = std::move(*headers);
  return request;
}

}  // namespace webhook
