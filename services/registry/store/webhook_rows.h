#pragma once

#include <pqxx/pqxx>

#include "services/registry/store/webhooks.h"

namespace webhook::store {

// Columns of `webhooks` in the order that ToWebhook reads.
inline constexpr char kWebhookColumns[] =
    "id, account_id, url, description, events, active, inactive_reason, rate_per_minute, rate_burst, "
    "rate_burst_seconds, retry_schedule, permanent_statuses, timeout_seconds, headers, micros(created_at), "
    "micros(updated_at), revision, micros(inactive_since)";

WebhookRecord ToWebhook(const pqxx::row& row);

}  // namespace webhook::store
