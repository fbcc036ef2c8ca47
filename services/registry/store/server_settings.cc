#include "services/registry/store/server_settings.h"

#include <pqxx/pqxx>

namespace webhook::store {
namespace {

constexpr int kLocks = 1'024;

}  // namespace

std::vector<std::string> MissingSettings(Tx& tx) {
  std::vector<std::string> missing;
  const int locks = tx.exec1("SELECT current_setting('max_locks_per_transaction')::int")[0].as<int>();
  if (locks < kLocks)
    missing.push_back("max_locks_per_transaction is " + std::to_string(locks) + ": set " +
                      std::to_string(kLocks) + ", or lists of the delivery log fail once it holds many days");
  if (tx.exec1("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")[0].as<bool>())
    missing.push_back("the role bypasses row security: use one that is no superuser and has no BYPASSRLS");
  return missing;
}

}  // namespace webhook::store
