#include "tests/sim/crash_points.h"

#include <chrono>
#include <cstdio>
#include <string>
#include <utility>
#include <vector>

#include "domain/retry_schedule.h"
#include "tests/sim/world.h"

namespace webhook::sim {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

Scenario MakeCrashScenario() {
  Scenario scenario;
  scenario.seed = 1;
  scenario.partitions = {1, 1, 1, 1, 1, 1, 1, 1};
  scenario.workers = 1;
  scenario.settings.tick = milliseconds{50};
  scenario.settings.faults.appends.idle_dead = true;
  for (int i = 0; i < 2; ++i) {
    PlannedWebhook planned;
    planned.webhook.id = WebhookName(i);
    planned.webhook.account = AccountId("account_0");
    planned.webhook.url = "https://endpoint-" + std::to_string(i) + ".example/";
    planned.webhook.events = {"*"};
    planned.webhook.rate_limit = {60, 10, 10};
    planned.webhook.retry_schedule = *SchedulePreset("platform");
    planned.webhook.permanent_statuses = {400, 410};
    planned.endpoint.behaviour = Behaviour::kFailsFirst;
    planned.endpoint.count = 2;
    scenario.webhooks.push_back(planned);
    scenario.steps.push_back({Time{0}, Act::kCreate, i, Time{0}});
  }
  scenario.steps.push_back({Time{0}, Act::kStart, 0, Time{0}});
  for (int i = 0; i < 3; ++i) {
    scenario.events.push_back(MakeEvent(i, AccountId("account_0"), "user.created", 100));
    scenario.steps.push_back({seconds{3} + milliseconds{400} * i, Act::kPublish, i, Time{0}});
  }
  scenario.heal = seconds{5};
  scenario.deadline = minutes{30};
  return scenario;
}

std::string Text(const std::vector<CrashPoint::Kill>& kills) {
  std::string text;
  for (const auto& kill : kills)
    text += (text.empty() ? "" : ", ") + std::string(kill.before ? "before" : "after") + " effect " +
            std::to_string(kill.effect);
  return text;
}

class Runs {
 public:
  // Effects of the run; -1 where something did not hold.
  int Run(const std::vector<CrashPoint::Kill>& kills) {
    World world(scenario_, {}, kills, true);
    const Outcome outcome = world.Run();
    ++runs_;
    duplicates_ += outcome.counts.duplicates;
    lasted_ += outcome.lasted;
    if (!outcome.failure) return outcome.effects;
    std::printf("crash %s: %s at %.3f s: %s\n", Text(kills).c_str(), outcome.failure->invariant.c_str(),
                static_cast<double>(outcome.failure->at.count()) / 1e6, outcome.failure->text.c_str());
    ++failed_;
    return -1;
  }
  int failed() const { return failed_; }
  void Tell(const char* what) {
    std::printf(
        "%-28s %7d runs, %d failed, %lld requests sent twice, %.0f "
        "virtual hours\n",
        what, runs_, failed_, static_cast<long long>(duplicates_),
        static_cast<double>(lasted_.count()) / 3.6e9);
    std::fflush(stdout);
    runs_ = 0;
    duplicates_ = 0;
    lasted_ = Time{0};
  }

 private:
  const Scenario scenario_ = MakeCrashScenario();
  int runs_ = 0;
  int failed_ = 0;
  std::int64_t duplicates_ = 0;
  Time lasted_{0};
};

}  // namespace

int RunCrashPoints() {
  constexpr int kMostFailures = 20;
  Runs runs;
  const int effects = runs.Run({});
  if (effects < 0) return 1;
  std::printf("without a crash: %d effects\n", effects);
  runs.Tell("no crash");
  std::vector<int> after(static_cast<std::size_t>(effects) + 1, -1);
  for (int k = 1; k <= effects; ++k) {
    runs.Run({{k, true}});
    after[static_cast<std::size_t>(k)] = runs.Run({{k, false}});
  }
  runs.Tell("one crash, before and after");
  for (int k = 1; k <= effects && runs.failed() < kMostFailures; ++k) {
    // The run after the first crash has effects of its own.
    for (int second = k + 1; second <= after[static_cast<std::size_t>(k)]; ++second) {
      runs.Run({{k, false}, {second, true}});
      runs.Run({{k, false}, {second, false}});
    }
  }
  runs.Tell("two crashes");
  return runs.failed() == 0 ? 0 : 1;
}

}  // namespace webhook::sim
