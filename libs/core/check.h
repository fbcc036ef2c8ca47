#pragma once

namespace webhook {
// Prints the text and aborts.
[[noreturn]] void CheckFailed(const char* condition, const char* text, const char* file, int line);
}  // namespace webhook

// Ends the process where a condition that our own code guarantees does not hold. Never for input.
#define CHECK(condition, text)                                                      \
  do {                                                                              \
    if (!(condition)) ::webhook::CheckFailed(#condition, text, __FILE__, __LINE__); \
  } while (false)
