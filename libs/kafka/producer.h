#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/result.h"
#include "kafka/cluster.h"

namespace webhook::kafka {

struct ProducerOptions {
  Cluster cluster;
  std::string client_id;
  std::chrono::milliseconds message_timeout{10'000};  // an unacknowledged record fails after this
  std::chrono::milliseconds linger{5};
  std::size_t max_queued_records = 100'000;
  std::size_t max_queued_bytes = 64u << 20;
};

struct ProducerRecord {
  std::string_view topic;
  std::int32_t partition = -1;  // -1: by the key's hash
  std::string_view key;
  std::string_view value;  // copied, as are topic and key
};

// Idempotent producer with acks=all. Enqueue and Produce are thread-safe and never block.
class Producer {
 public:
  // Hears of one record, or of many. Lives until it has heard of each that was accepted.
  class Listener {
   public:
    // Called exactly once for each accepted record, on the producer's own thread: the record's offset in its
    // partition (-1: the broker did not tell), or kUnavailable / kTooLarge where the broker did not take it
    // (then it may or may not be in the log). Must not block.
    virtual void OnAnswer(const Result<std::int64_t>& offset) = 0;

   protected:
    ~Listener() = default;
  };
  using OnAnswer = std::function<void(const Result<std::int64_t>& offset)>;

  static Result<std::unique_ptr<Producer>> Create(const ProducerOptions& options);
  virtual ~Producer() = default;  // unacknowledged records are failed to their callbacks

  // Not accepted (the listener never called): kLimited where the queue is full, kTooLarge, kUnavailable (no
  // such topic).
  virtual Status Enqueue(const ProducerRecord& record, Listener& listener) = 0;
  // The same with a function in place of a listener.
  Status Produce(const ProducerRecord& record, OnAnswer done);

  // Waits until all accepted records are acknowledged or failed, or time is up; true: nothing is left.
  virtual bool Flush(std::chrono::milliseconds timeout) = 0;

  // Records accepted and not yet acknowledged.
  virtual std::size_t queued() const = 0;
  // How full the queue is, by records: 1 is max_queued_records.
  virtual double used() const = 0;
  // False after the brokers were all unreachable and until one answers again.
  virtual bool connected() const = 0;
};

}  // namespace webhook::kafka
