#include "runtime/thread.h"

#include <pthread.h>

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <utility>

namespace webhook::runtime {
namespace {

constexpr std::size_t kMaxName = 15;  // of pthread_setname_np

void RunOrAbort(const std::string& name, const std::function<void()>& body) {
  try {
    body();
  } catch (const std::exception& error) {
    std::fprintf(stderr, "thread %s ended by an exception: %s\n", name.c_str(), error.what());
    std::abort();
  } catch (...) {
    std::fprintf(stderr, "thread %s ended by an unknown exception\n", name.c_str());
    std::abort();
  }
}

}  // namespace

Thread::Thread(std::string name, std::function<void()> body)
    : thread_([name = name.substr(0, kMaxName), body = std::move(body)] {
        pthread_setname_np(pthread_self(), name.c_str());
        RunOrAbort(name, body);
      }) {}

Thread::~Thread() {
  Join();
}

void Thread::Join() {
  if (thread_.joinable()) thread_.join();
}

}  // namespace webhook::runtime
