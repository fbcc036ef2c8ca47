#include "runtime/process.h"

#include <dirent.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <fstream>
#include <memory>

#include "runtime/clock.h"

namespace webhook::runtime {
namespace {

const WallTime kStart = ReadClock().wall;

double Seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

// Entries of a directory of /proc.
double CountEntries(const char* path) {
  const std::unique_ptr<DIR, int (*)(DIR*)> directory(opendir(path), &closedir);
  double count = 0;
  while (directory && readdir(directory.get()) != nullptr) ++count;
  return count - 2;  // . and ..
}

}  // namespace

void ForbidDumps() {
  const rlimit none{0, 0};
  setrlimit(RLIMIT_CORE, &none);
  prctl(PR_SET_DUMPABLE, 0);
}

ProcessUse ReadProcessUse() {
  ProcessUse use;
  rusage spent{};
  getrusage(RUSAGE_SELF, &spent);
  use.cpu_seconds = Seconds(spent.ru_utime) + Seconds(spent.ru_stime);
  double virtual_pages = 0;
  double resident_pages = 0;
  std::ifstream("/proc/self/statm") >> virtual_pages >> resident_pages;
  use.resident_bytes = resident_pages * static_cast<double>(sysconf(_SC_PAGESIZE));
  use.open_descriptors = CountEntries("/proc/self/fd") - 1;  // that of the look itself
  rlimit most{};
  getrlimit(RLIMIT_NOFILE, &most);
  use.max_descriptors = static_cast<double>(most.rlim_cur);
  use.threads = CountEntries("/proc/self/task");
  return use;
}

std::string InstanceName() {
  std::array<char, 256> host{};
  const bool known = gethostname(host.data(), host.size() - 1) == 0;
  return InstanceName(known ? host.data() : "unknown", getpid());
}

std::string InstanceName(const std::string& host, int pid) {
  constexpr std::size_t kMaxHost = 64;
  std::string name = host.substr(0, kMaxHost);
  std::replace_if(
      name.begin(), name.end(),
      [](char c) { return std::isalnum(static_cast<unsigned char>(c)) == 0 && c != '.' && c != '-'; }, '-');
  // Alone in its container a process has the first id.
  return pid == 1 ? name : name + "-" + std::to_string(pid);
}

WallTime ProcessStart() {
  return kStart;
}

}  // namespace webhook::runtime
