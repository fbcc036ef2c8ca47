#pragma once

#include <functional>
#include <memory>
#include <utility>

#include "tests/sim/sim_log.h"

namespace webhook::sim {

// Requests to the brokers and their answers. Those of one channel keep their order. Where the brokers are
// down or the way is cut, a request or its answer is lost, and the asker finds out by waiting.
class Broker {
 public:
  struct Channel {
    Time last_arrival{0};
    Time last_answer{0};
  };
  Broker(VirtualClock& clock, Random& random, SimLog& log) : clock_(clock), random_(random), log_(log) {}

  // `ask` at the brokers; `answer` at the process, once: false where either was lost.
  void Call(const std::shared_ptr<Life>& life, const std::shared_ptr<Channel>& channel,
            std::function<void()> ask, std::function<void(bool)> answer) {
    if (!life->alive()) return;
    const Time sent = clock_.time();
    channel->last_arrival = std::max(channel->last_arrival, clock_.time() + Way());
    clock_.At(channel->last_arrival, [this, life, channel, sent, ask = std::move(ask),
                                      answer = std::move(answer)]() mutable {
      const bool lost = log_.down() || life->cut() || (!life->alive() && random_.Percent(50));
      if (!lost) ask();
      channel->last_answer = std::max(channel->last_answer, clock_.time() + Way());
      life->At(channel->last_answer, [this, life, sent, lost, answer = std::move(answer)]() mutable {
        if (!lost && !life->cut() && !log_.down()) return answer(true);
        life->At(sent + kTimeout, [answer = std::move(answer)] { answer(false); });
      });
    });
  }

 private:
  static constexpr std::chrono::milliseconds kTimeout{500};  // kAnswer in adapters/consumer_role.cc
  Time Way() { return random_.Span(std::chrono::milliseconds{1}, std::chrono::milliseconds{8}); }

  VirtualClock& clock_;
  Random& random_;
  SimLog& log_;
};

}  // namespace webhook::sim
