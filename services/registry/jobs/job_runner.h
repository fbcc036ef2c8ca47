#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/result.h"
#include "core/time.h"
#include "metrics/metrics.h"
#include "postgres/database.h"
#include "runtime/stop_token.h"
#include "runtime/thread.h"

namespace webhook {

struct Job {
  std::string name;
  std::chrono::seconds every;
  bool on_each_replica = false;  // else on one at a time: that which holds the lock
  std::function<Status()> run;   // a failure is told, and it is run again at its next time
};

// Runs jobs one after the other, each at its times, on a thread of its own. What only one replica may do is
// done by that which holds an advisory lock of the database; when it ends or loses its connection, another
// takes over within seconds.
class JobRunner {
 public:
  // `role`: whose jobs these are, for metrics; `lock`: the advisory lock's key, another for each role, since
  // a replica does the jobs of its own roles alone.
  JobRunner(const postgres::DatabaseOptions& database, const std::string& role, std::int64_t lock,
            std::vector<Job> jobs, metrics::Registry& metrics);
  ~JobRunner();  // waits for the job that is running

 private:
  void Run();
  // Whether this replica holds the lock now; takes it where it is free.
  bool Leads();

  const postgres::DatabaseOptions database_;
  const std::int64_t lock_;
  const std::vector<Job> jobs_;
  std::vector<MonoTime> due_;
  std::unique_ptr<postgres::Session> session_;  // that holds the lock, or is to
  bool leads_ = false;
  metrics::Gauge leading_;
  metrics::Counter failed_;
  runtime::StopToken stop_;
  runtime::Thread thread_;
};

}  // namespace webhook
