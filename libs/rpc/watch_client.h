#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/result.h"
#include "core/secret.h"
#include "core/time.h"
#include "domain/ids.h"
#include "domain/webhook.h"

namespace webhook::rpc {

class Identity;

// Where the registry's internal gRPC is, the token that it asks for, and who we are.
struct RegistryOptions {
  std::string address;
  Secret internal_token;
  std::shared_ptr<const Identity> identity;  // never null; one without files means plaintext
  // Who watches: the service, and its process as runtime::InstanceName() calls it.
  std::string service;
  std::string instance;
};

// Keeps a stream of all webhooks open (watch.proto), for as long as it lives: reconnects with growing pauses,
// and where nothing was heard for 15 s.
class WebhookWatch {
 public:
  struct Update {
    std::int64_t revision = 0;  // having applied this, the holder has everything up to here
    bool replace_all = false;   // `webhooks` are all that there are; else those that changed
    std::vector<std::shared_ptr<const Webhook>> webhooks;
    std::vector<WebhookId> deleted;
  };
  // Called on the watch's own thread, one after the other. `on_connected`: each change of the connection.
  WebhookWatch(RegistryOptions options, std::function<void(Update)> on_update,
               std::function<void(bool connected)> on_connected);
  // Waits for its thread: not from a callback.
  ~WebhookWatch();

  // Since the registry was last heard of, which speaks every few seconds; before that, since the start. From
  // any thread.
  std::chrono::microseconds silence() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// The same for who may publish what.
class PublisherWatch {
 public:
  struct Update {
    std::int64_t revision = 0;
    struct Key {
      std::string hmac;  // 32 bytes
      std::optional<WallTime> expires_at;
    };
    std::vector<Key> keys;  // that may publish
    std::vector<std::string> account_ids;
    std::vector<std::string> event_types;
    std::map<std::string, std::string> event_schemas;  // of those that have one
  };
  PublisherWatch(RegistryOptions options, std::function<void(Update)> on_update,
                 std::function<void(bool connected)> on_connected);
  ~PublisherWatch();

  // Since the registry was last heard of, which speaks every few seconds. From any thread.
  std::chrono::microseconds silence() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// Single calls to the registry. All methods from any thread; they block until the deadline at most.
class RegistryClient {
 public:
  explicit RegistryClient(const RegistryOptions& options);
  ~RegistryClient();

  // The newest committed configuration revision.
  Result<std::int64_t> GetRevision(std::chrono::milliseconds deadline);
  // See AdminService.DeactivateWebhook.
  Status DeactivateWebhook(const WebhookId& webhook, const std::string& reason, std::int64_t seen_revision,
                           std::chrono::milliseconds deadline);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace webhook::rpc
