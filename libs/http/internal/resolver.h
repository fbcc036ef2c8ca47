#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "http/address_guard.h"
#include "runtime/event_loop.h"

namespace webhook::http {

// Asynchronous DNS by c-ares: A and AAAA, hosts file, no search domains. One question a name at a time
// however many ask; answers are kept as long as their TTL says, at most 10 s, and at most 10,000 names.
// Nobody is held up by a slow name server but who asks for its names. Thread: the loop's.
class Resolver {
 public:
  struct Answer {
    std::vector<IpAddress> addresses;  // in the order to dial them
    std::string error;                 // one sentence, where there are no addresses
    bool own_fault = false;            // no name server could be reached at all
  };
  using Done = std::function<void(const Answer&)>;

  explicit Resolver(runtime::EventLoop& loop);
  ~Resolver();
  Resolver(const Resolver&) = delete;
  Resolver& operator=(const Resolver&) = delete;

  // `done` may be called inside. It is called by the time c-ares gives up (about 10 s): a caller that waits
  // less must be ready for a late answer.
  void Resolve(const std::string& host, Done done);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace webhook::http
