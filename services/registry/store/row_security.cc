#include "services/registry/store/row_security.h"

#include <pqxx/pqxx>

namespace webhook::store {

void SeeOnly(Tx& tx, const AccountId& account) {
  tx.exec_params1("SELECT set_config($1, $2, true)", kAllAccounts.first, account.str());
}

}  // namespace webhook::store
