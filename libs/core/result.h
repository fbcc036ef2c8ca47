#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "core/check.h"

namespace webhook {

// Classes of our own failures. How each is shown outside is decided in rpc/error_map.h, and what only
// HTTP knows in the registry's api/problem.h.
enum class ErrorCode {
  kInvalid,          // the caller's input is wrong
  kNotFound,         // absent, or another account's
  kConflict,         // exists already, or changed meanwhile
  kPrecondition,     // If-Match does not hold
  kUnauthenticated,  // no credentials, or unknown ones
  kDenied,           // known, but not allowed
  kLimited,          // over a quota or a full queue; repeat later
  kTooLarge,         // a whole message is larger than a stated limit; a field that is: kInvalid, "too_large"
  kUnavailable,      // a dependency does not answer; repeat with the same id
  kDeadline,         // out of time; the outcome is unknown
  kInternal,         // a bug or a state that must not be
};

// One mistake in an input: where it is, a stable code, and a sentence that says what would be right.
struct FieldViolation {
  std::string pointer;  // JSON pointer ("/events/0"), proto path ("event.data") or setting name
  std::string code;     // stable, for example "unknown_event_type"
  std::string detail;

  bool operator==(const FieldViolation&) const = default;
};

// A failure of ours. What an endpoint answers is never an Error.
struct Error {
  ErrorCode code = ErrorCode::kInternal;
  std::string reason;   // stable code for programs, for example "webhook_not_found"
  std::string message;  // a sentence for people
  std::vector<FieldViolation> violations = {};
  std::optional<std::chrono::seconds> retry_after = {};  // kLimited: when there is room again

  // The same error, told with what was being done: "load webhooks: connection refused".
  Error Context(const std::string& doing) const {
    Error told = *this;
    told.message = doing + ": " + message;
    return told;
  }
};

// A value or an Error. Read the value only after ok() was seen true.
template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}      // NOLINT: implicit by design
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}  // NOLINT: implicit by design

  bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }

  T& value() & {
    CHECK(ok(), "value() of a failed Result");
    return std::get<0>(state_);
  }
  const T& value() const& {
    CHECK(ok(), "value() of a failed Result");
    return std::get<0>(state_);
  }
  T&& value() && {
    CHECK(ok(), "value() of a failed Result");
    return std::get<0>(std::move(state_));
  }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  const Error& error() const {
    CHECK(!ok(), "error() of a good Result");
    return std::get<1>(state_);
  }

 private:
  std::variant<T, Error> state_;
};

// Success without a value.
struct Done {};

// Success or an Error: `return Ok();`.
using Status = Result<Done>;
inline Status Ok() {
  return Done{};
}

// The same outcome for whoever does not need the value.
template <typename T>
Status WithoutValue(const Result<T>& result) {
  return result ? Ok() : Status(result.error());
}

inline Error InvalidError(std::vector<FieldViolation> violations) {
  std::string message = violations.empty() ? "invalid input" : violations.front().detail;
  return Error{ErrorCode::kInvalid, "invalid", std::move(message), std::move(violations)};
}

}  // namespace webhook
