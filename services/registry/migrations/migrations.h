#pragma once

#include <vector>

#include "postgres/database.h"

namespace webhook {

// The .sql files of this folder in their order, built into the program.
std::vector<postgres::Migration> AllMigrations();

}  // namespace webhook
