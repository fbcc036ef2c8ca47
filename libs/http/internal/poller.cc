#include "http/internal/poller.h"

#include "core/check.h"

namespace webhook::http {
namespace {

epoll_event EventOf(Poller::Watcher& watcher) {
  epoll_event event{};
  event.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
  event.data.ptr = &watcher;
  return event;
}

}  // namespace

Poller::Poller(runtime::EventLoop& loop) : epoll_(loop.context()) {
  const int made = epoll_create1(EPOLL_CLOEXEC);
  CHECK(made >= 0, "there is a descriptor for the client's epoll");
  epoll_.assign(made);
  Wait();
}

bool Poller::Watch(int socket, Watcher& watcher) {
  epoll_event event = EventOf(watcher);
  return epoll_ctl(epoll_.native_handle(), EPOLL_CTL_ADD, socket, &event) == 0;
}

void Poller::Again(int socket, Watcher& watcher) {
  epoll_event event = EventOf(watcher);
  const int queued = epoll_ctl(epoll_.native_handle(), EPOLL_CTL_MOD, socket, &event);
  CHECK(queued == 0, "the socket is being watched");
}

void Poller::Forget(const Watcher& watcher) {
  for (std::size_t i = at_; i < count_; ++i) {
    if (events_[i].data.ptr == &watcher) events_[i].data.ptr = nullptr;
  }
}

void Poller::Wait() {
  epoll_.async_wait(boost::asio::posix::stream_descriptor::wait_read,
                    [this](const boost::system::error_code& error) {
                      if (!error) Tell();
                    });
}

void Poller::Tell() {
  const int ready = epoll_wait(epoll_.native_handle(), events_.data(), static_cast<int>(events_.size()), 0);
  count_ = ready > 0 ? static_cast<std::size_t>(ready) : 0;
  for (at_ = 0; at_ < count_; ++at_) {
    auto* watcher = static_cast<Watcher*>(events_[at_].data.ptr);
    if (watcher != nullptr) watcher->OnReady(events_[at_].events);
  }
  count_ = 0;
  Wait();
}

}  // namespace webhook::http
