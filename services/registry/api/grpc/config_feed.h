#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>

#include "postgres/database.h"
#include "runtime/stop_token.h"
#include "runtime/thread.h"
#include "services/registry/store/config_reader.h"

namespace webhook {

// Knows the newest configuration revision of the database: told by LISTEN, and looked up each second in case
// a notice was lost. One a replica; all watch streams wait on it. All methods from any thread.
class ConfigFeed {
 public:
  // Starts the feed's thread. The reader outlives the feed.
  ConfigFeed(postgres::DatabaseOptions options, store::ConfigReader& reader);
  ~ConfigFeed();  // Stop()

  // Waits, at most this long, until a revision after `seen` is known. True: there is one.
  bool WaitBeyond(std::int64_t seen, std::chrono::milliseconds timeout);
  // Waits for the time, or for Stop().
  void Pause(std::chrono::milliseconds time);
  // Ends all waits. Idempotent.
  void Stop();
  bool stopped() const { return stop_.stopped(); }

 private:
  void Run();
  void Look();

  const postgres::DatabaseOptions options_;
  store::ConfigReader& reader_;
  runtime::StopToken stop_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::int64_t revision_ = 0;
  runtime::Thread thread_;
};

}  // namespace webhook
