#pragma once

#include <string>

#include "services/registry/store/tx.h"

namespace webhook::store {

// Conditions that the indices of the log serve (migrations 0016 and 0017): the key finds the rows, the id
// tells whether they are the right ones.

// The account's rows, in the order of time.
std::string OfAccountInOrder(Tx& tx, const std::string& account);
std::string OfWebhookInOrder(Tx& tx, const std::string& account, const std::string& webhook);
std::string OfTypeInOrder(Tx& tx, const std::string& account, const std::string& event_type);
// In no order: an event has few deliveries.
std::string OfEvent(Tx& tx, const std::string& account, const std::string& event);
// Attempts.
std::string OfDelivery(Tx& tx, const std::string& account, const std::string& delivery);

}  // namespace webhook::store
