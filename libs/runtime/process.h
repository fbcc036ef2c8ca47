#pragma once

namespace webhook::runtime {

// The process holds keys and secrets: from here on it leaves no core file, and nobody but root can look into
// its memory.
void ForbidDumps();

// What this process uses, now.
struct ProcessUse {
  double cpu_seconds = 0;  // user and system, since it began
  double resident_bytes = 0;
  double open_descriptors = 0;
  double max_descriptors = 0;
  double threads = 0;
};
ProcessUse ReadProcessUse();

}  // namespace webhook::runtime
