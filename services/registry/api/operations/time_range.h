#pragma once

#include <optional>
#include <vector>

#include "core/time.h"
#include "services/registry/api/operations/call.h"

namespace webhook {

// A time of the query; nullopt: it is not given.
std::optional<WallTime> QueryTime(const Call& call, const char* name);

// For lists with `since` and `until`: a range that ends before it begins is a mistake.
std::vector<FieldViolation> CheckTimeRange(const Call& call);

}  // namespace webhook
