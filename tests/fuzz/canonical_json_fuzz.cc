// Canonical JSON is a fixed point. With FUZZ_PAIRS=FILE each input that a double carries exactly is written
// there with its result, for compare_json.js.
#include "domain/canonical_json.h"

#include <cstdlib>
#include <fstream>
#include <string>

#include "core/encoding.h"
#include "tests/fuzz/fuzz.h"

namespace webhook {

void Fuzz(std::string_view input) {
  static std::ofstream pairs(std::getenv("FUZZ_PAIRS") == nullptr ? "/dev/null" : std::getenv("FUZZ_PAIRS"),
                             std::ios::app);
  const auto first = CanonicalObject(input, "/data");
  if (!first) return;
  const auto second = CanonicalObject(first->text, "/data");
  MUST(second);
  MUST(second->text == first->text);
  MUST(second->kept_numbers <= first->kept_numbers);  // a repeated key's first value is gone
  MUST(IsUtf8(first->text));
  if (first->kept_numbers == 0) pairs << ToBase64(input) << ' ' << ToBase64(first->text) << '\n';
}

}  // namespace webhook
