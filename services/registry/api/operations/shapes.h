#pragma once

#include <nlohmann/json_fwd.hpp>

#include "services/registry/api/operations/health_summary.h"
#include "services/registry/store/accounts.h"
#include "services/registry/store/audit_log.h"
#include "services/registry/store/deliveries.h"
#include "services/registry/store/event_types.h"
#include "services/registry/store/events.h"
#include "services/registry/store/redeliveries.h"
#include "services/registry/store/secrets.h"
#include "services/registry/store/webhooks.h"

// What REST shows; customers rely on it, so it changes only by adding.
namespace webhook {

// Without the secret.
nlohmann::ordered_json ToJson(const store::WebhookRecord& record);
nlohmann::ordered_json ToJson(const HealthItem& item);
nlohmann::ordered_json ToJson(const store::DeliveryRow& delivery);
nlohmann::ordered_json ToJson(const store::AttemptRow& attempt);
nlohmann::ordered_json ToJson(const store::EventRow& event);
nlohmann::ordered_json ToJson(const store::Redelivery& redelivery);
nlohmann::ordered_json ToJson(const store::EventType& type);
nlohmann::ordered_json ToJson(const store::Account& account);
nlohmann::ordered_json ToJson(const store::ApiKey& key);
nlohmann::ordered_json ToJson(const store::AuditEntry& entry);
nlohmann::ordered_json ToJson(const store::SecretRow& secret);

// Text of any bytes as valid UTF-8: what an endpoint answered is shown, not trusted.
std::string Dump(const nlohmann::ordered_json& json);

}  // namespace webhook
