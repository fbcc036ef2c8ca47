#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "kafka/consumer.h"
#include "runtime/inbox.h"
#include "runtime/thread.h"
#include "services/delivery-worker/engine/inheritance.h"

namespace webhook {

// Reads what a partition's new owner has to know of its earlier ones from webhook.attempts, many partitions
// at once, within 10 s: then a tail is incomplete. Thread: Read() from any.
class AttemptsReader {
 public:
  explicit AttemptsReader(kafka::Cluster cluster);
  ~AttemptsReader();  // what is being read is dropped

  // From the earlier of from.attempts_offset and kTailAge ago, at most the last 400,000 records, to the end
  // as of now. `done` is called once, on the reader's thread.
  void Read(std::int32_t partition, const Checkpoint& from, std::function<void(AttemptsTail)> done);

 private:
  struct Request {
    std::int32_t partition = 0;
    std::int64_t from = -1;         // in the attempts
    std::int64_t window_begin = 0;  // in the deliveries
    std::function<void(AttemptsTail)> done;
    AttemptsTail tail;
    std::int64_t next = 0;  // to be read
    bool located = false;

    bool finished() const { return located && next >= tail.end; }
  };

  void Run();
  void Serve(std::vector<Request> requests);
  bool OpenConsumer();
  // Where to begin and to end.
  void Locate(Request* request);
  // Reads what is located, until this time at the latest.
  void ReadAll(std::map<std::int32_t, Request>* open, MonoTime until);

  const kafka::Cluster cluster_;
  std::unique_ptr<kafka::Consumer> consumer_;  // the thread's
  runtime::Inbox<Request> inbox_;
  runtime::Thread thread_;
};

}  // namespace webhook
