#pragma once

#include <string>

#include "core/time.h"

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

// What this process is called among those of its service: the host's name, which in Kubernetes is the pod's;
// outside of a container, where several share a host, with the process id. At most 80 of [A-Za-z0-9.-].
std::string InstanceName();
// The same for the host name and process id that are told: what is no such character becomes "-".
std::string InstanceName(const std::string& host, int pid);

// When this process began.
WallTime ProcessStart();

}  // namespace webhook::runtime
