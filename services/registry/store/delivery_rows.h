#pragma once

#include <pqxx/pqxx>

#include <string>

#include "services/registry/store/deliveries.h"

namespace webhook::store {

// Columns of `deliveries` in the order in which ToDelivery() reads them, each after the prefix ("d.").
std::string DeliveryColumns(const std::string& prefix);
// The columns begin at `first`.
DeliveryRow ToDelivery(const pqxx::row& row, int first);
// "WHERE …" for the account's deliveries that fit.
std::string WhereDeliveries(Tx& tx, const AccountId& account, const DeliveryFilter& filter);

}  // namespace webhook::store
