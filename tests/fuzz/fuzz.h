#pragma once

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

// One property of one decoder: libFuzzer finds inputs (./dev fuzz), and without it the program replays the
// files that it is given, so that every finding stays a test.
namespace webhook {

// Ends the process where the property does not hold for the input.
void Fuzz(std::string_view input);

}  // namespace webhook

#define MUST(condition)                                                    \
  do {                                                                     \
    if (!(condition)) {                                                    \
      std::fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition); \
      std::abort();                                                        \
    }                                                                      \
  } while (false)
