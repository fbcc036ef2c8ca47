#include "core/check.h"

#include <cstdio>
#include <cstdlib>

namespace webhook {

void CheckFailed(const char* condition, const char* text, const char* file, int line) {
  std::fprintf(stderr,
               "{\"level\":\"fatal\",\"msg\":\"check.failed\",\"f\":{\"text\":\"%s\",\"at\":\"%s:%d\"}}\n",
               text, file, line);
  std::fprintf(stderr, "%s\n", condition);
  std::abort();
}

}  // namespace webhook
