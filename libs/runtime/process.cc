#include "runtime/process.h"

#include <sys/prctl.h>
#include <sys/resource.h>

namespace webhook::runtime {

void ForbidDumps() {
  const rlimit none{0, 0};
  setrlimit(RLIMIT_CORE, &none);
  prctl(PR_SET_DUMPABLE, 0);
}

}  // namespace webhook::runtime
