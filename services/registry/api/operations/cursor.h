#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/result.h"
#include "core/secret.h"

namespace webhook {

// Where a list goes on. The text that a customer holds is signed and bound to the account and the filter of
// the list: it cannot be made up or carried to another list.
struct Cursor {
  std::int64_t micros = 0;
  std::string id;
};

std::string SignCursor(const Cursor& cursor, const std::string& scope, const Secret& key);
// kInvalid, code bad_cursor at /cursor.
Result<Cursor> ReadCursor(std::string_view text, const std::string& scope, const Secret& key);

}  // namespace webhook
