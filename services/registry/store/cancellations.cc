#include "services/registry/store/cancellations.h"

#include <pqxx/pqxx>
#include <string>
#include <unordered_map>

#include "services/registry/store/values.h"

namespace webhook::store {

Status Cancel(Tx& tx, const DeliveryRow& delivery) {
  const std::string webhook = delivery.webhook_id.str();
  tx.exec_params0(
      "DELETE FROM cancellations WHERE webhook_id = $1 AND cancelled_at < now() - interval '4 days'",
      webhook);
  const auto added = tx.exec_params(
      "INSERT INTO cancellations (delivery_id, run, account_id, webhook_id) VALUES ($1, $2, $3, $4) "
      "ON CONFLICT DO NOTHING",
      delivery.id.str(), delivery.run, delivery.account.str(), webhook);
  if (added.affected_rows() == 0) return Ok();
  const auto count =
      tx.exec_params1("SELECT count(*) FROM cancellations WHERE webhook_id = $1", webhook)[0].as<int>();
  if (count > kMostCancellations)
    return Error{ErrorCode::kConflict, "too_many_cancellations",
                 "a webhook can have " + std::to_string(kMostCancellations) +
                     " deliveries cancelled within four days: pause it instead"};
  NoteChange(tx, "webhook", webhook);
  return Ok();
}

std::optional<WallTime> CancelledAt(Tx& tx, const DeliveryRow& delivery) {
  const auto rows = tx.exec_params(
      "SELECT micros(cancelled_at) FROM cancellations WHERE delivery_id = $1 AND run = $2 AND account_id = "
      "$3",
      delivery.id.str(), delivery.run, delivery.account.str());
  return rows.empty() ? std::nullopt : std::optional(ToTime(rows[0][0]));
}

void ReadCancellations(Tx& tx, std::vector<Webhook>* webhooks) {
  std::unordered_map<std::string, Webhook*> by_id;
  std::vector<std::string> ids;
  for (Webhook& webhook : *webhooks) {
    by_id[webhook.id.str()] = &webhook;
    ids.push_back(webhook.id.str());
  }
  const auto rows = tx.exec_params(
      "SELECT webhook_id, delivery_id, run FROM cancellations WHERE webhook_id IN "
      "(SELECT jsonb_array_elements_text($1::jsonb))",
      ToJson(ids));
  for (const auto& row : rows)
    by_id.at(row[0].as<std::string>())
        ->cancelled.emplace(DeliveryId(row[1].as<std::string>()), row[2].as<int>());
}

}  // namespace webhook::store
