#include "services/registry/api/operations/cursor.h"

#include <charconv>

#include "core/encoding.h"
#include "crypto/crypto.h"

namespace webhook {
namespace {

constexpr std::size_t kMacBytes = 16;

std::string Mac(const std::string& position, const std::string& scope, const Secret& key) {
  return ToHex(crypto::HmacSha256(key.Reveal(), "cursor\n" + scope + "\n" + position).substr(0, kMacBytes));
}

}  // namespace

std::string SignCursor(const Cursor& cursor, const std::string& scope, const Secret& key) {
  const std::string position = std::to_string(cursor.micros) + "." + cursor.id;
  return position + "." + Mac(position, scope, key);
}

Result<Cursor> ReadCursor(std::string_view text, const std::string& scope, const Secret& key) {
  const Error bad = InvalidError({{"/cursor", "bad_cursor", "is not a cursor of this list"}});
  const std::size_t first = text.find('.');
  const std::size_t last = text.rfind('.');
  if (first == std::string_view::npos || first == last) return bad;
  const std::string position(text.substr(0, last));
  if (!crypto::ConstantTimeEqual(Mac(position, scope, key), text.substr(last + 1))) return bad;
  Cursor cursor;
  std::from_chars(text.data(), text.data() + first, cursor.micros);
  cursor.id = position.substr(first + 1);
  return cursor;
}

}  // namespace webhook
