#include "kafka/producer_pair.h"

#include "runtime/clock.h"

namespace webhook::kafka {

bool ProducerPair::Flush(std::chrono::milliseconds timeout) {
  const MonoTime end = runtime::ReadClock().mono + timeout;
  const bool flushed = first_->Flush(timeout);
  const auto rest = std::chrono::duration_cast<std::chrono::milliseconds>(end - runtime::ReadClock().mono);
  return second_->Flush(std::max(rest, std::chrono::milliseconds{0})) && flushed;
}

}  // namespace webhook::kafka
