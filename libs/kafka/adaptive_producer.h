#pragma once

#include <cstddef>
#include <memory>

#include "kafka/producer_pair.h"

namespace webhook::kafka {

// Quick while there is little to do, and thrifty while there is much: while fewer than kFew records are
// unacknowledged, the next goes out at once, in a request of its own; what comes meanwhile waits for company,
// for no longer than the linger. A request carries the records of one partition only and costs the broker
// more than they do, so the first kind alone would wear it out (ADR 0022). Records of the two kinds may
// overtake each other: nobody may need an order of what is under way at the same time. Thread: as Producer.
class AdaptiveProducer final : public ProducerPair {
 public:
  // Of both kinds. With a round trip of a millisecond that is thousands of requests a second; a busy broker
  // answers later, and so gets fewer.
  static constexpr std::size_t kFew = 4;

  // options.linger: of the second kind; the bounds of the queue hold for each.
  static Result<std::unique_ptr<Producer>> Create(ProducerOptions options);
  // The first sends at once, the second gathers.
  using ProducerPair::ProducerPair;

  Status Enqueue(const ProducerRecord& record, Listener& listener) override;
};

}  // namespace webhook::kafka
