#include "runtime/signals.h"

#include <pthread.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <cstdio>
#include <thread>

namespace webhook::runtime {
namespace {

// RequestShutdown() sends it to the own process.
constexpr int kInside = SIGUSR1;
std::atomic<bool> asked_inside{false};

sigset_t ShutdownSignals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
  sigaddset(&set, kInside);
  return set;
}

// Ends the process on the next SIGTERM or SIGINT: a person who asks twice does not want to wait for the
// drain.
void WatchSecondSignal() {
  std::thread([] {
    const sigset_t set = ShutdownSignals();
    while (true) {
      int signal = 0;
      if (sigwait(&set, &signal) != 0 || signal == kInside) continue;
      std::fprintf(stderr, "second signal: ends at once\n");
      _exit(1);
    }
  }).detach();
}

}  // namespace

void BlockSignals() {
  const sigset_t set = ShutdownSignals();
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
}

int WaitForShutdown() {
  const sigset_t set = ShutdownSignals();
  int signal = 0;
  while (true) {
    if (sigwait(&set, &signal) != 0) continue;
    if (signal != kInside) break;
    if (asked_inside.load()) {
      signal = 0;
      break;
    }
  }
  WatchSecondSignal();
  return signal;
}

void RequestShutdown() {
  asked_inside.store(true);
  kill(getpid(), kInside);
}

}  // namespace webhook::runtime
