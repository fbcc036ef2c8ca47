#include "services/registry/jobs/job_runner.h"

#include <utility>

#include "log/log.h"
#include "metrics/families.h"
#include "runtime/clock.h"

namespace webhook {
namespace {

constexpr std::chrono::milliseconds kLook{1'000};

}  // namespace

JobRunner::JobRunner(const postgres::DatabaseOptions& database, const std::string& role, std::int64_t lock,
                     std::vector<Job> jobs, metrics::Registry& metrics)
    : database_(database),
      lock_(lock),
      jobs_(std::move(jobs)),
      due_(jobs_.size()),
      leading_(metrics.Make(metrics::kRegistryLeader, {{"role", role}})),
      failed_(metrics.Make(metrics::kJobsFailed, {{"role", role}})),
      thread_("jobs", [this] { Run(); }) {}

JobRunner::~JobRunner() {
  stop_.RequestStop();
  thread_.Join();
}

void JobRunner::Run() {
  while (!stop_.WaitFor(kLook)) {
    const bool leads = Leads();
    leading_.Set(leads ? 1 : 0);
    for (std::size_t i = 0; i < jobs_.size() && !stop_.stopped(); ++i) {
      const MonoTime now = runtime::ReadClock().mono;
      if (now < due_[i] || !(leads || jobs_[i].on_each_replica)) continue;
      due_[i] = now + jobs_[i].every;
      if (const Status done = jobs_[i].run(); !done) {
        failed_.Add();
        log::Warn("job.failed", {{"job", jobs_[i].name}, {"error", done.error().message}});
      }
    }
  }
}

bool JobRunner::Leads() {
  if (!session_) {
    leads_ = false;
    auto opened = postgres::Session::Open(database_);
    if (!opened) return false;
    session_ = std::move(*opened);
  }
  // Asked each time: a connection that is gone has lost the lock. It is taken once, for each taking counts.
  const auto holds = leads_ ? session_->Ping() : session_->TryAdvisoryLock(lock_);
  if (!holds) session_.reset();
  const bool leads = holds && *holds;
  if (leads && !leads_) log::Info("job.leader");
  leads_ = leads;
  return leads_;
}

}  // namespace webhook
