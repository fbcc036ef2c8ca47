#include "http/internal/resolver.h"

#include <ares.h>
#include <netinet/in.h>

#include <algorithm>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstring>
#include <unordered_map>
#include <utility>

#include "core/check.h"
#include "runtime/clock.h"

namespace webhook::http {
namespace {

namespace asio = boost::asio;

constexpr int kTimeoutMs = 2'000;
constexpr int kTries = 2;
constexpr std::chrono::milliseconds kTick{100};
constexpr std::chrono::seconds kMaxKept{10};
constexpr std::size_t kMaxNames = 10'000;

Resolver::Answer ToAnswer(int status, const ares_addrinfo* info, int* ttl) {
  Resolver::Answer answer;
  *ttl = static_cast<int>(kMaxKept.count());
  for (const ares_addrinfo_node* node = info ? info->nodes : nullptr; node != nullptr; node = node->ai_next) {
    IpAddress address;
    if (node->ai_family == AF_INET) {
      std::memcpy(address.bytes.data(), &reinterpret_cast<const sockaddr_in*>(node->ai_addr)->sin_addr, 4);
    } else if (node->ai_family == AF_INET6) {
      address.v6 = true;
      std::memcpy(address.bytes.data(), &reinterpret_cast<const sockaddr_in6*>(node->ai_addr)->sin6_addr, 16);
    } else {
      continue;
    }
    *ttl = std::min(*ttl, node->ai_ttl);
    answer.addresses.push_back(address);
  }
  // IPv4 first: many machines have IPv6 addresses and no way out for them.
  std::stable_partition(answer.addresses.begin(), answer.addresses.end(),
                        [](const IpAddress& address) { return !address.v6; });
  if (answer.addresses.empty()) {
    answer.error = status == ARES_SUCCESS ? "the name has no address" : ares_strerror(status);
    answer.own_fault = status == ARES_ECONNREFUSED || status == ARES_ENOMEM;
  }
  return answer;
}

}  // namespace

struct Resolver::State {
  struct Kept {
    Answer answer;
    MonoTime until;
  };
  struct Question {
    State* state;
    std::string host;
  };

  explicit State(runtime::EventLoop& loop) : context(loop.context()), timer(loop.context()) {}

  // c-ares tells which of its sockets it waits for.
  static void OnSocket(void* data, ares_socket_t socket, int readable, int writable) {
    static_cast<State*>(data)->Watch(socket, readable != 0, writable != 0);
  }
  static void OnAnswer(void* argument, int status, int timeouts, ares_addrinfo* info);

  void Watch(ares_socket_t socket, bool readable, bool writable);
  void Wait(ares_socket_t socket, asio::posix::stream_descriptor::wait_type kind);
  void Tick();

  struct Watched {
    std::unique_ptr<asio::posix::stream_descriptor> descriptor;
    bool readable = false;
    bool writable = false;
    std::uint64_t number = 0;
  };

  asio::io_context& context;
  asio::steady_timer timer;
  ares_channel channel = nullptr;
  std::unordered_map<ares_socket_t, Watched> watched;
  std::unordered_map<std::string, std::vector<Done>> waiting;
  std::unordered_map<std::string, Kept> kept;
  std::uint64_t last_number = 0;
  bool ticking = false;
  bool ending = false;
};

void Resolver::State::Watch(ares_socket_t socket, bool readable, bool writable) {
  if (!readable && !writable) {
    const auto found = watched.find(socket);
    if (found == watched.end()) return;
    found->second.descriptor->release();  // c-ares closes it
    watched.erase(found);
    return;
  }
  Watched& entry = watched[socket];
  if (!entry.descriptor) {
    entry.descriptor = std::make_unique<asio::posix::stream_descriptor>(context, socket);
    entry.number = ++last_number;
  }
  if (readable && !std::exchange(entry.readable, true))
    Wait(socket, asio::posix::stream_descriptor::wait_read);
  if (writable && !entry.writable) Wait(socket, asio::posix::stream_descriptor::wait_write);
  entry.writable = writable;
}

void Resolver::State::Wait(ares_socket_t socket, asio::posix::stream_descriptor::wait_type kind) {
  Watched& entry = watched.at(socket);
  const std::uint64_t number = entry.number;
  entry.descriptor->async_wait(kind, [this, socket, kind, number](const boost::system::error_code& error) {
    if (error) return;
    const bool read = kind == asio::posix::stream_descriptor::wait_read;
    ares_process_fd(channel, read ? socket : ARES_SOCKET_BAD, read ? ARES_SOCKET_BAD : socket);
    // Processing may have closed the socket, and another may have its number by now.
    const auto found = watched.find(socket);
    if (found == watched.end() || found->second.number != number) return;
    if (read ? found->second.readable : found->second.writable) Wait(socket, kind);
  });
}

void Resolver::State::Tick() {
  if (waiting.empty()) {
    ticking = false;
    return;
  }
  ticking = true;
  timer.expires_after(kTick);
  timer.async_wait([this](const boost::system::error_code& error) {
    if (error) return;
    ares_process_fd(channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
    Tick();
  });
}

void Resolver::State::OnAnswer(void* argument, int status, int, ares_addrinfo* info) {
  const std::unique_ptr<Question> question(static_cast<Question*>(argument));
  State& state = *question->state;
  int ttl = 0;
  const Answer answer = ToAnswer(status, info, &ttl);
  if (info) ares_freeaddrinfo(info);
  if (state.ending) return;
  if (ttl > 0 && !answer.addresses.empty()) {
    if (state.kept.size() >= kMaxNames) state.kept.clear();
    state.kept[question->host] = {answer, runtime::ReadClock().mono + std::chrono::seconds(ttl)};
  }
  const auto found = state.waiting.find(question->host);
  if (found == state.waiting.end()) return;
  const std::vector<Done> callers = std::move(found->second);
  state.waiting.erase(found);
  for (const Done& done : callers) done(answer);
}

Resolver::Resolver(runtime::EventLoop& loop) : state_(std::make_unique<State>(loop)) {
  static const int library = ares_library_init(ARES_LIB_INIT_ALL);
  CHECK(library == ARES_SUCCESS, "c-ares starts");
  ares_options options{};
  // Without NOCHECKRESP a SERVFAIL of a customer's own zone would look like name servers that cannot be
  // reached.
  options.flags = ARES_FLAG_NOSEARCH | ARES_FLAG_NOCHECKRESP;
  options.timeout = kTimeoutMs;
  options.tries = kTries;
  options.sock_state_cb = &State::OnSocket;
  options.sock_state_cb_data = state_.get();
  const int made =
      ares_init_options(&state_->channel, &options,
                        ARES_OPT_FLAGS | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_SOCK_STATE_CB);
  CHECK(made == ARES_SUCCESS, "c-ares makes a channel");
}

Resolver::~Resolver() {
  state_->ending = true;
  ares_destroy(state_->channel);
}

void Resolver::Resolve(const std::string& host, Done done) {
  const auto kept = state_->kept.find(host);
  if (kept != state_->kept.end()) {
    if (runtime::ReadClock().mono < kept->second.until) return done(Answer(kept->second.answer));
    state_->kept.erase(kept);
  }
  auto& callers = state_->waiting[host];
  callers.push_back(std::move(done));
  if (callers.size() > 1) return;
  ares_addrinfo_hints hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = ARES_AI_NOSORT;
  ares_getaddrinfo(state_->channel, host.c_str(), nullptr, &hints, &State::OnAnswer,
                   new State::Question{state_.get(), host});
  if (!state_->ticking) state_->Tick();
}

}  // namespace webhook::http
