#pragma once

#include <string>
#include <vector>

#include "core/result.h"
#include "core/time.h"
#include "crypto/envelope.h"
#include "domain/webhook.h"
#include "services/registry/store/tx.h"

namespace webhook::store {

// A signing secret as its owner sees it: never the value.
struct SecretRow {
  std::string id;
  WallTime created_at{};
  std::optional<WallTime> expires_at;  // nullopt: it is the newest
};

// The webhooks' signing secrets, sealed (crypto::Envelope) and bound to account, webhook and their own id: a
// sealed value that is copied to another row does not open.
class SecretStore {
 public:
  // The envelope outlives the store.
  explicit SecretStore(const crypto::Envelope& envelope) : envelope_(envelope) {}

  // Makes the secret the webhook's newest. Returns its id.
  std::string Add(Tx& tx, const AccountId& account, const WebhookId& webhook, const Secret& secret) const;
  // Live ones, newest first.
  std::vector<SecretRow> List(Tx& tx, const AccountId& account, const WebhookId& webhook) const;
  // Lets the live secrets but `newest`, an id, go after `overlap`, or sooner where that was to be; all but
  // two at once.
  void ExpireOlder(Tx& tx, const AccountId& account, const WebhookId& webhook, const std::string& newest,
                   std::chrono::seconds overlap) const;

  // Puts the live secrets that can be opened into the webhooks, newest first. A webhook whose newest cannot
  // be opened is shown inactive, with the reason: nothing goes out unsigned, and nobody else's configuration
  // waits for it.
  void Open(Tx& tx, std::vector<Webhook>* webhooks) const;

  struct Rewrapped {
    int sealed = 0;
    int unreadable = 0;     // under a key that we do not have
    std::string last = {};  // where the next call goes on; empty: it was the end
    std::int64_t left = 0;  // of all: not under the present key
  };
  // Seals up to `limit` secrets anew that are not under the present key, from after this id on, and drops
  // those that ended a day ago.
  Rewrapped Rewrap(Tx& tx, const std::string& after, int limit) const;

 private:
  const crypto::Envelope& envelope_;
};

}  // namespace webhook::store
