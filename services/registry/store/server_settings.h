#pragma once

#include <string>
#include <vector>

#include "services/registry/store/tx.h"

namespace webhook::store {

// What the database server lacks for this schema, a sentence each (docs/operations/postgres.md).
std::vector<std::string> MissingSettings(Tx& tx);

}  // namespace webhook::store
