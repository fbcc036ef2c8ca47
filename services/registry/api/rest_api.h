#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "core/secret.h"
#include "http/server.h"
#include "services/registry/api/delivery_commands.h"
#include "services/registry/api/webhook_commands.h"
#include "services/registry/store/accounts.h"

namespace webhook {

// REST /v2: routes a request, authenticates it, and answers with JSON or a problem. From any thread; blocks.
class RestApi {
 public:
  struct Parts {
    store::AccountStore& accounts;
    store::WebhookStore& webhooks;
    store::DeliveryStore& deliveries;
    store::EventTypeStore& event_types;
    WebhookCommands& webhook_commands;
    DeliveryCommands& delivery_commands;
    Secret api_key_pepper;  // also the key of cursors
  };
  explicit RestApi(Parts parts);

  http::Response Handle(const http::Request& request);

 private:
  // An authenticated request on its way through one route.
  struct Call {
    const http::Request& request;
    AccountId account;
    std::string id;  // the path's {id}
  };
  using Handler = Result<http::Response> (RestApi::*)(const Call&);
  struct Route {
    const char* method;
    const char* path;  // segments; "{id}" stands for any
    const char* scope;
    Handler handler;
  };

  Result<http::Response> Dispatch(const http::Request& request, const std::string& request_id,
                                  const Route& route, const std::string& id);
  Result<store::ApiKey> Authenticate(const http::Request& request, const std::string& scope);

  Result<http::Response> CreateWebhook(const Call& call);
  Result<http::Response> ListWebhooks(const Call& call);
  Result<http::Response> GetWebhook(const Call& call);
  Result<http::Response> UpdateWebhook(const Call& call);
  Result<http::Response> DeleteWebhook(const Call& call);
  Result<http::Response> TestWebhook(const Call& call);
  Result<http::Response> ListDeliveries(const Call& call);
  Result<http::Response> GetDelivery(const Call& call);
  Result<http::Response> Redeliver(const Call& call);
  Result<http::Response> ListEventTypes(const Call& call);

  static const std::vector<Route>& Routes();

  Parts parts_;
};

}  // namespace webhook
