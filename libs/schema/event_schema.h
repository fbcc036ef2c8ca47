#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace webhook {

// What the `data` of an event type must look like: JSON Schema 2020-12, but for what could make a check
// endless or costly whatever the data (`pattern`, recursion, references out of the schema). Immutable; from
// any thread.
class EventSchema {
 public:
  static constexpr std::size_t kMaxBytes = 64 * 1024;
  // Subschemas, each counted as often as it is referred to.
  static constexpr int kMaxSubschemas = 2'000;

  // kInvalid with everything that is wrong; pointers begin with `at`: "/schema/properties/a/typ".
  static Result<std::shared_ptr<const EventSchema>> Compile(std::string_view text, const std::string& at);
  ~EventSchema();

  // As it was given.
  const std::string& text() const { return text_; }

  // What is wrong with the data, at most kMaxViolations of it. Pointers begin with `at`. Data that is no
  // JSON: one violation.
  std::vector<FieldViolation> Check(std::string_view data, const std::string& at) const;
  static constexpr std::size_t kMaxViolations = 20;

 private:
  struct Compiled;
  EventSchema(std::string text, std::unique_ptr<Compiled> compiled);
  const std::string text_;
  std::unique_ptr<Compiled> compiled_;
};

}  // namespace webhook
