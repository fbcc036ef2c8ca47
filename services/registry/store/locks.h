#pragma once

#include <string>

#include "services/registry/store/tx.h"

namespace webhook::store {

// Takes the named lock until the transaction ends, over all replicas. False: another transaction has it.
// Unlike a row's lock it makes no writer of the log wait.
[[nodiscard]] bool TryLock(Tx& tx, const std::string& name);

}  // namespace webhook::store
