#pragma once

#include <cstdlib>
#include <string>

#include "core/check.h"

namespace webhook {

// A variable that the test cannot do without: ends the test where it is missing, so that nothing is skipped
// quietly.
inline std::string Needed(const char* variable) {
  const char* value = std::getenv(variable);
  CHECK(value != nullptr,
        "run ./dev test integration, which sets WEBHOOK_TEST_KAFKA and WEBHOOK_TEST_PG_DSN");
  return value;
}

}  // namespace webhook
