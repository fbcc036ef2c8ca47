#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <string>
#include <vector>

#include "core/guarded.h"
#include "core/result.h"
#include "metrics/metrics.h"
#include "trace/otlp_json.h"
#include "trace/span.h"

namespace webhook::trace {

// The collector of an operator.
class CollectorPort {
 public:
  virtual ~CollectorPort() = default;
  // Sends one batch, once. `done` is called exactly once, on the exporter's thread, never inside the call:
  // not OK where the collector has not said that it has it.
  virtual void Send(std::string body, std::function<void(Status)> done) = 0;
};

// Queues spans and gives them to the collector in batches, one at a time. What finds no room in the queue,
// and each batch that the collector does not take, is dropped and counted: nothing is tried twice. Emit()
// from any thread; all else on one thread, which is the collector's too.
class Exporter : public SpanPort {
 public:
  struct Limits {
    std::size_t max_queued = 8'192;  // about 1 KiB each
    std::size_t batch = 512;
  };
  // All outlive it.
  struct Parts {
    CollectorPort& collector;
    Resource resource;
    metrics::Counter exported;
    metrics::Counter dropped;
    // Called inside Emit(), once for each batch that is full: Flush() is wanted before the next second.
    std::function<void()> on_full;
    // The collector takes nothing any more, and why; or takes batches again.
    std::function<void(const Status&)> on_change;
  };
  Exporter(Parts parts, const Limits& limits);

  void Emit(Span span) override;
  // Sends a batch of what waits, unless one is on its way. To be called each second.
  void Flush();
  // Takes no more, sends all that waits unless the collector fails, and calls `done`. Once.
  void Close(std::function<void()> done);
  // Drops all that waits or is on its way: its answer does not come any more. After Close().
  void DropRest();

 private:
  struct Queue {
    std::deque<Span> spans;
    bool closed = false;
  };
  std::vector<Span> TakeBatch();
  void OnSent(const Status& sent);

  const Parts parts_;
  const Limits limits_;
  Guarded<Queue> queue_;
  std::size_t sending_ = 0;  // spans on their way
  bool failing_ = false;
  std::function<void()> on_closed_;
};

}  // namespace webhook::trace
