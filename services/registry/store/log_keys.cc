#include "services/registry/store/log_keys.h"

#include <pqxx/pqxx>

namespace webhook::store {
namespace {

// Of rows that the key has found. Written so that the planner makes no guess of it: it would multiply the
// guesses of key and id, expect next to no rows, and sort all that there are instead of reading a page in
// order.
std::string IsThat(const char* id, const std::string& quoted) {
  return "coalesce(" + std::string(id) + " = " + quoted + ", false)";
}

std::string Of(Tx& tx, const std::string& account, const char* id, const char* key,
               const std::string& value) {
  const std::string owner = tx.quote(account);
  const std::string quoted = tx.quote(value);
  return IsThat("account_id", owner) + " AND " + IsThat(id, quoted) + " AND " + key + " = log_key(" + owner +
         ", " + quoted + ")";
}

}  // namespace

std::string OfAccountInOrder(Tx& tx, const std::string& account) {
  const std::string owner = tx.quote(account);
  return IsThat("account_id", owner) + " AND account_key = log_key(" + owner + ", '')";
}

std::string OfWebhookInOrder(Tx& tx, const std::string& account, const std::string& webhook) {
  return Of(tx, account, "webhook_id", "webhook_key", webhook);
}

std::string OfTypeInOrder(Tx& tx, const std::string& account, const std::string& event_type) {
  return Of(tx, account, "event_type", "type_key", event_type);
}

std::string OfEvent(Tx& tx, const std::string& account, const std::string& event) {
  return Of(tx, account, "event_id", "event_key", event);
}

std::string OfDelivery(Tx& tx, const std::string& account, const std::string& delivery) {
  return Of(tx, account, "delivery_id", "log_key(account_id, delivery_id)", delivery);
}

}  // namespace webhook::store
