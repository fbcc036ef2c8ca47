#pragma once

#include <string>
#include <string_view>

#include "core/result.h"
#include "core/time.h"
#include "domain/ids.h"

namespace webhook {

// One JSON object in the form that JavaScript gives back: JSON.stringify(JSON.parse(text)) == result, for
// every text whose numbers a double carries exactly as printed. Any other number keeps its digits, so nothing
// is ever lost (docs/contract.md, point 2): compact; integer-like keys first, ascending; a
// repeated key keeps its first place and its last value; JavaScript's escapes and number format.
struct CanonicalJson {
  std::string text;
  // Numbers that a double cannot carry, those of replaced values too: verification by re-serialising fails
  // for them.
  int kept_numbers = 0;
};

// Errors are kInvalid with one violation whose pointer is `pointer` plus the path inside the text, and a
// code: not_utf8, lone_surrogate, too_deep (more than kMaxJsonDepth), too_large (more than
// kMaxEventDataBytes, as it came or as it is written), not_an_object, bad_json. A pointer is cut after 256
// bytes: its keys are the caller's.
Result<CanonicalJson> CanonicalObject(std::string_view json, const std::string& pointer);

// The body that endpoints receive: {"id":…,"event":…,"timestamp":…,"data":<data>,"api_version":"2.1.0"}.
// REQUIRES: data is canonical; the other parts need no escape.
std::string NotificationBody(const NotificationId& id, std::string_view event_type, WallTime occurred_at,
                             std::string_view data);

}  // namespace webhook
