#pragma once

#include <string>
#include <utility>

#include "domain/ids.h"
#include "services/registry/store/tx.h"

namespace webhook::store {

// A connection with this setting sees the rows of all accounts: for the platform's own work.
inline const std::pair<std::string, std::string> kAllAccounts = {"webhook.account", "*"};

// From here on the transaction sees this account's rows alone.
void SeeOnly(Tx& tx, const AccountId& account);

}  // namespace webhook::store
