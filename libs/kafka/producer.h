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
  // -1: by the key, as Java's clients choose it: murmur2_random, the key's murmur2 hash; a null key: at
  // random.
  std::int32_t partition = -1;
  std::string_view key;
  std::string_view value;  // copied, as are topic and key
};

// Idempotent producer with acks=all. Enqueue and Produce are thread-safe and never block.
class Producer {
 public:
  // Hears of one record, or of many. Lives until it has heard of each that was accepted.
  class Listener {
   public:
    // Called exactly once for each accepted record, on the producer's own thread (each of a ProducerPair has
    // one, so two records may be told at the same time), maybe before Enqueue() returns: the record's offset
    // in its partition (-1: the broker did not tell); kTooLarge where the broker refuses its size;
    // kUnavailable where it was not acknowledged within message_timeout, was refused, or the producer goes
    // (then it may or may not be in the log). Must not block or throw.
    virtual void OnAnswer(const Result<std::int64_t>& offset) = 0;

   protected:
    ~Listener() = default;
  };
  // What Produce() takes in place of a Listener: called as Listener::OnAnswer() is.
  using OnAnswer = std::function<void(const Result<std::int64_t>& offset)>;

  static Result<std::unique_ptr<Producer>> Create(const ProducerOptions& options);
  // What is not acknowledged is answered kUnavailable, on the producer's own thread, before this returns. Not
  // from that thread.
  virtual ~Producer() = default;

  // Not accepted (the listener is never called): kLimited where the queue is full, by records or by bytes;
  // kTooLarge where key and value have more than 2,000,000 bytes; kUnavailable where there is no such topic
  // or partition, or librdkafka refuses for another reason.
  virtual Status Enqueue(const ProducerRecord& record, Listener& listener) = 0;
  // The same, with the same codes, with a function in place of a listener. `done` is destroyed after its
  // call; where the record is not accepted, without one.
  Status Produce(const ProducerRecord& record, OnAnswer done);

  // Waits until all accepted records are acknowledged or failed, or time is up; true: nothing is left.
  virtual bool Flush(std::chrono::milliseconds timeout) = 0;

  // Records accepted and not yet acknowledged.
  virtual std::size_t queued() const = 0;
  // How full the queue is, by records or by bytes of values, whichever is nearer to its bound: 1 is the
  // bound.
  virtual double used() const = 0;
  // False after the brokers were all unreachable and until one answers again.
  virtual bool connected() const = 0;
};

}  // namespace webhook::kafka
