#pragma once

#include <sys/epoll.h>

#include <array>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <cstddef>
#include <cstdint>

#include "runtime/event_loop.h"

namespace webhook::http {

// Tells when a socket can be read or written. One epoll of its own, which the loop watches as one descriptor:
// a socket is registered once for its whole life, and the loop hears of all that are ready at once. Thread:
// the loop's.
class Poller {
 public:
  class Watcher {
   public:
    // Something has changed since the last call; `events` as of epoll.
    virtual void OnReady(std::uint32_t events) = 0;

   protected:
    ~Watcher() = default;
  };

  explicit Poller(runtime::EventLoop& loop);

  // From now on the watcher hears of the socket, by edges. False: see errno.
  bool Watch(int socket, Watcher& watcher);
  // It hears again, after the others, of what its socket is ready for already.
  void Again(int socket, Watcher& watcher);
  // It hears nothing more; before its socket is closed.
  void Forget(const Watcher& watcher);

 private:
  void Wait();
  void Tell();

  boost::asio::posix::stream_descriptor epoll_;
  std::array<epoll_event, 256> events_;
  std::size_t count_ = 0;  // of events_ that are being told
  std::size_t at_ = 0;
};

}  // namespace webhook::http
