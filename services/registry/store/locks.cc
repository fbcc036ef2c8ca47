#include "services/registry/store/locks.h"

#include <pqxx/pqxx>

namespace webhook::store {

bool TryLock(Tx& tx, const std::string& name) {
  return tx.exec_params1("SELECT pg_try_advisory_xact_lock(hashtextextended($1, 0))", name)[0].as<bool>();
}

}  // namespace webhook::store
