#include "tests/sim/scenario.h"

#include <algorithm>
#include <utility>

#include "domain/retry_schedule.h"
#include "services/delivery-worker/engine/inheritance.h"

namespace webhook::sim {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::array<const char*, 4> kTypes = {"user.created", "user.deleted", "token.expired", "api.error"};
constexpr std::array<const char*, 5> kPatterns = {"*", "user.*", "user.created", "token.*", "*"};

// Draws one scenario.
class Draw {
 public:
  explicit Draw(std::uint64_t seed) : random_(seed) { scenario_.seed = seed; }

  Scenario Make() {
    Frame();
    Limits();
    Webhooks();
    Events();
    Faults();
    std::stable_sort(scenario_.steps.begin(), scenario_.steps.end(),
                     [](const Step& a, const Step& b) { return a.at < b.at; });
    return std::move(scenario_);
  }

 private:
  enum class Kind { kCalm, kClean, kFaulty };

  bool On(const char* name, int percent) {
    const bool on = kind_ == Kind::kFaulty && random_.Percent(percent);
    if (on) scenario_.faults += std::string(scenario_.faults.empty() ? "" : " ") + name;
    return on;
  }
  void Add(Time at, Act act, int subject, Time length = Time{0}) {
    scenario_.steps.push_back({at, act, subject, length});
  }
  Time Moment() { return random_.Span(seconds{3}, scenario_.heal - seconds{1}); }
  int Worker() { return random_.Int(0, scenario_.workers - 1); }

  void Frame();
  void Limits();
  void Webhooks();
  RateLimit DrawLimit();
  EndpointPlan DrawEndpoint();
  void Events();
  void Flood(int webhook);
  void Publish(Time at, const AccountId& account);
  void Faults();

  Random random_;
  Scenario scenario_;
  Kind kind_ = Kind::kFaulty;
  int accounts_ = 1;
  bool flooded_ = false;
  bool zombies_ = false;
  bool scarce_ = false;
};

void Draw::Frame() {
  const int kind = random_.Int(0, 99);
  kind_ = kind < 8 ? Kind::kCalm : kind < 22 ? Kind::kClean : Kind::kFaulty;
  scenario_.faults = kind_ == Kind::kCalm ? "none" : kind_ == Kind::kClean ? "restarts" : "";
  scenario_.partitions = {2, 3, 3, 2, 2, 2, 2, 2};
  scenario_.workers = random_.Int(1, 3);
  const int length = random_.Int(0, 99);
  scenario_.heal = length < 60   ? random_.Span(seconds{40}, minutes{4})
                   : length < 90 ? random_.Span(minutes{4}, minutes{15})
                                 : random_.Span(minutes{30}, minutes{120});
  scenario_.deadline = scenario_.heal + std::chrono::hours{8};
  for (int worker = 0; worker < scenario_.workers; ++worker)
    Add(random_.Span(Time{0}, seconds{1}), Act::kStart, worker);
}

void Draw::Limits() {
  constexpr std::array<std::size_t, 3> kSpans = {60, 200, 1'000};
  constexpr std::array<std::size_t, 3> kWaiting = {8, 40, 256};
  DeliveryLimits& lane = scenario_.settings.lane;
  lane.max_span = kSpans[static_cast<std::size_t>(random_.Int(0, 2))];
  lane.gate.max_waiting = kWaiting[static_cast<std::size_t>(random_.Int(0, 2))];
  constexpr std::array<std::size_t, 2> kPlaces = {12, 64};
  AdmissionLimits& admission = scenario_.settings.admission;
  admission.host = kPlaces[static_cast<std::size_t>(random_.Int(0, 1))];
  // Of the same draw: one in a turn, or no bound.
  if (admission.host == kPlaces[0]) admission.in_turn = 1;
  scenario_.settings.tick = random_.Span(milliseconds{10}, milliseconds{50});
}

RateLimit Draw::DrawLimit() {
  const int kind = random_.Int(0, 99);
  if (kind < 25) return {0, 0, 10};
  if (kind < 35) return {};
  if (kind < 45) return {0, random_.Int(3, 10), 10};
  if (kind < 55) return {random_.Int(10, 40), 0, 10};
  return {random_.Int(15, 60), random_.Int(3, 10), 10};
}

EndpointPlan Draw::DrawEndpoint() {
  EndpointPlan plan;
  const int kind = random_.Int(0, 99);
  const Time until = random_.Span(Time{0}, scenario_.heal);
  if (kind < 2) {
    plan.behaviour = Behaviour::kSlowToConnect;
  } else if (kind < 30) {
    plan.behaviour = Behaviour::kFast;
  } else if (kind < 42) {
    plan.behaviour = Behaviour::kSlow;
    plan.answer_low = milliseconds{200};
    plan.answer_high = random_.Span(seconds{1}, random_.Percent(70) ? seconds{8} : seconds{28});
  } else if (kind < 62) {
    plan.behaviour = Behaviour::kFailsFirst;
    plan.count = random_.Int(1, 6);
  } else if (kind < 70) {
    plan = {Behaviour::kFails, until, 0, seconds{0}};
  } else if (kind < 77) {
    plan = {Behaviour::kHangs, until, 0, seconds{0}};
  } else if (kind < 82) {
    plan = {Behaviour::kRefuses, until, 0, seconds{0}};
  } else if (kind < 89) {
    plan.behaviour = Behaviour::kFlaps;
  } else if (kind < 94) {
    plan = {Behaviour::kTooMany, until, 0, seconds{random_.Int(1, 300)}};
  } else if (kind < 97) {
    plan.behaviour = Behaviour::kBadRequest;
  } else {
    plan = {Behaviour::kGone, until, 0, seconds{0}};
  }
  return plan;
}

void Draw::Webhooks() {
  accounts_ = random_.Int(1, 2);
  const int count = random_.Int(2, 6);
  for (int i = 0; i < count; ++i) {
    PlannedWebhook planned;
    Webhook& webhook = planned.webhook;
    webhook.id = WebhookName(i);
    webhook.account = AccountId("account_" + std::to_string(random_.Int(0, accounts_ - 1)));
    webhook.url = "https://endpoint-" + std::to_string(i) + ".example/";
    webhook.events = {kPatterns[static_cast<std::size_t>(random_.Int(0, 4))]};
    webhook.rate_limit = DrawLimit();
    webhook.retry_schedule = *SchedulePreset("platform");
    webhook.permanent_statuses = {400, 410};
    planned.endpoint = DrawEndpoint();
    scenario_.webhooks.push_back(planned);
    Add(Time{0}, Act::kCreate, i);
  }
}

void Draw::Publish(Time at, const AccountId& account) {
  const int number = static_cast<int>(scenario_.events.size());
  const char* const type = kTypes[static_cast<std::size_t>(random_.Int(0, 3))];
  const std::size_t bytes = random_.Percent(95) ? 200 : static_cast<std::size_t>(random_.Int(1, 200)) * 1'000;
  scenario_.events.push_back(MakeEvent(number, account, type, bytes));
  Add(at, Act::kPublish, number);
}

void Draw::Events() {
  const int count = random_.Int(5, 60);
  for (int i = 0; i < count; ++i)
    Publish(random_.Span(seconds{2}, scenario_.heal),
            AccountId("account_" + std::to_string(random_.Int(0, accounts_ - 1))));
  if (random_.Percent(45)) Flood(random_.Int(0, static_cast<int>(scenario_.webhooks.size()) - 1));
  if (!random_.Percent(kind_ == Kind::kCalm ? 0 : 40)) return;
  const int repeats = random_.Int(1, 10);
  for (int i = 0; i < repeats; ++i) {
    const Step& first =
        scenario_
            .steps[static_cast<std::size_t>(random_.Int(0, static_cast<int>(scenario_.steps.size()) - 1))];
    if (first.act == Act::kPublish)
      Add(first.at + random_.Span(Time{0}, seconds{20}), Act::kPublish, first.subject);
  }
}

void Draw::Flood(int webhook) {
  flooded_ = true;
  PlannedWebhook& planned = scenario_.webhooks[static_cast<std::size_t>(webhook)];
  planned.webhook.events = {"*"};
  if (planned.webhook.rate_limit == RateLimit{0, 0, 10}) planned.webhook.rate_limit = {30, 6, 10};
  const bool fast = random_.Percent(60);
  if (fast) planned.endpoint = {};
  planned.paced = fast && kind_ == Kind::kCalm && scenario_.settings.lane.gate.max_waiting > 100 &&
                  scenario_.settings.lane.max_span > 500;
  const int count = random_.Int(30, 150);
  const Time at = random_.Span(seconds{8}, std::max<Time>(scenario_.heal / 2, seconds{10}));
  const Time over = random_.Span(milliseconds{100}, seconds{20});
  planned.flooded_at = at;
  planned.flood = count * 9 / 10;
  for (int i = 0; i < count; ++i) Publish(at + over * i / count, planned.webhook.account);
}

void Draw::Faults() {
  WorkerFaults& faults = scenario_.settings.faults;
  const auto some = [&](int most) { return random_.Int(1, std::max(1, most)); };
  const int few = static_cast<int>(std::min<std::int64_t>(6, 1 + scenario_.heal / minutes{1}));
  if (On("kill", 45)) {
    for (int i = some(few); i > 0; --i)
      Add(Moment(), Act::kKill, Worker(), random_.Span(milliseconds{50}, seconds{25}));
  }
  if (kind_ == Kind::kClean || On("restart", 35)) {
    for (int i = some(few); i > 0; --i)
      Add(Moment(), Act::kTerminate, Worker(), random_.Span(milliseconds{50}, seconds{40}));
  }
  if (On("stop", 35)) {
    zombies_ = true;
    for (int i = some(few); i > 0; --i)
      Add(Moment(), Act::kStop, Worker(), random_.Span(seconds{1}, seconds{60}));
  }
  if (On("cut", 35)) {
    zombies_ = true;
    for (int i = some(few); i > 0; --i)
      Add(Moment(), Act::kCut, Worker(), random_.Span(seconds{1}, seconds{60}));
  }
  // Just long enough to lose all, and to get it back while answers to the old lanes are on their way.
  if (On("flicker", 20)) {
    zombies_ = true;
    for (int i = some(few); i > 0; --i)
      Add(Moment(), random_.Percent(50) ? Act::kCut : Act::kStop, Worker(),
          random_.Span(seconds{6}, seconds{12}));
  }
  if (On("break", 30)) {
    for (int i = some(few); i > 0; --i)
      Add(Moment(), Act::kBreak, Worker(),
          random_.Span(seconds{1}, random_.Percent(80) ? seconds{40} : seconds{400}));
  }
  if (On("brokers", 30)) {
    for (int i = some(2); i > 0; --i)
      Add(Moment(), Act::kBrokersDown, 0, random_.Span(seconds{1}, seconds{30}));
  }
  if (On("registry", 30)) Add(Moment(), Act::kRegistryDown, 0, random_.Span(seconds{1}, seconds{60}));
  if (On("appends", 35)) faults.appends.failed = random_.Int(1, 50);
  if (On("ambiguous", 30)) faults.appends.ambiguous = random_.Int(1, 50);
  if (On("blind", 25)) faults.blind_takeover = random_.Int(50, 700);
  if (On("commits", 25)) faults.lost_commit = random_.Int(5, 200);
  if (On("skew", 25)) scenario_.checks.skew = faults.skew = random_.Span(milliseconds{10}, Time{kClockSkew});
  if (On("takeover", 25)) {
    scenario_.kill_at_takeover = random_.Int(50, 300);
    scenario_.kill_within = random_.Percent(50) ? Time{milliseconds{400}} : Time{milliseconds{1'500}};
    // What an owner that ended well hands over.
    for (int i = some(few); i > 0; --i)
      Add(Moment(), Act::kTerminate, Worker(), random_.Span(milliseconds{50}, seconds{40}));
  }
  if (kind_ != Kind::kCalm && random_.Percent(50))
    scenario_.settings.copy_lag = random_.Span(milliseconds{10}, seconds{2});
  if (kind_ != Kind::kCalm && random_.Percent(40)) {
    const int webhooks = static_cast<int>(scenario_.webhooks.size());
    for (int i = some(5); i > 0; --i) {
      const Time at = Moment();
      const int webhook = random_.Int(0, webhooks - 1);
      const int what = random_.Int(0, 9);
      if (what < 4) Add(at, Act::kTouch, webhook);
      if (what >= 4 && what < 8) {
        Add(at, Act::kToggle, webhook);
        Add(at + random_.Span(milliseconds{1}, seconds{60}), Act::kToggle, webhook);
      }
      if (what == 8) Add(at, Act::kDelete, webhook);
      if (what != 9) continue;
    }
  }
  // A webhook that is made right before what it must get.
  if (random_.Percent(40)) {
    const int number = static_cast<int>(scenario_.webhooks.size());
    PlannedWebhook planned = scenario_.webhooks.front();
    planned.webhook.id = WebhookName(number);
    planned.webhook.events = {"*"};
    planned.endpoint = {};
    planned.paced = false;
    scenario_.webhooks.push_back(planned);
    const Time at = Moment();
    Add(at, Act::kCreate, number);
    for (int i = some(4); i > 0; --i)
      Publish(at + random_.Span(milliseconds{1}, seconds{1}), planned.webhook.account);
  }
  // An outage of the registry must not overtake a change on its way to the workers: that is not promised.
  std::vector<Step> downs;
  for (const Step& step : scenario_.steps) {
    if (step.act == Act::kRegistryDown) downs.push_back(step);
  }
  std::erase_if(scenario_.steps, [&](const Step& step) {
    const bool change = step.act == Act::kCreate || step.act == Act::kDelete || step.act == Act::kToggle ||
                        step.act == Act::kTouch;
    return change && step.at > Time{0} && std::any_of(downs.begin(), downs.end(), [&](const Step& down) {
             return step.at <= down.at && step.at + seconds{3} > down.at;
           });
  });
  for (Step& step : scenario_.steps) {
    if (step.at + step.length > scenario_.heal && step.act != Act::kKill && step.act != Act::kTerminate)
      step.length = std::max(scenario_.heal - step.at, Time{0});
  }
  // Tiers that are quicker than an append's acknowledgement.
  if (random_.Percent(15)) {
    const double scale = random_.Percent(50) ? 0.002 : 0.02;
    scenario_.settings.lane.time_scale = scenario_.settings.pump.time_scale = scenario_.checks.time_scale =
        scale;
    // Of one machine, for it is refused in production: where clocks differ by more than a tier's pause, what
    // is due for the one and not for the other goes round without end.
    scenario_.checks.skew = scenario_.settings.faults.skew = Time{0};
    scenario_.faults += std::string(scenario_.faults.empty() ? "" : " ") + "quick";
  }
  // Few places for all: webhooks wait in line for those of a host, of an account, and for any.
  if (random_.Percent(15)) {
    scenario_.settings.admission.total = random_.Percent(50) ? 3 : 12;
    scenario_.settings.admission.account = random_.Percent(50) ? 2 : 8;
    if (random_.Percent(50)) {
      for (PlannedWebhook& planned : scenario_.webhooks) planned.webhook.url = "https://endpoint.example/";
      scenario_.settings.admission.host = 2;
    }
    scarce_ = true;
    scenario_.faults += std::string(scenario_.faults.empty() ? "" : " ") + "scarce";
    for (PlannedWebhook& planned : scenario_.webhooks) planned.paced = false;
  }
  // Owners that end well and leave much to be sent to those who may be killed right after.
  if (scenario_.kill_at_takeover > 0 && random_.Percent(60)) {
    const std::vector<Step> steps = scenario_.steps;
    for (const Step& step : steps) {
      if (step.act != Act::kTerminate) continue;
      const int burst = random_.Int(10, 30);
      const auto& webhook = scenario_.webhooks[static_cast<std::size_t>(random_.Int(0, 1))].webhook;
      for (int i = 0; i < burst; ++i) Publish(step.at + random_.Span(Time{0}, seconds{8}), webhook.account);
    }
  }
  scenario_.checks.idle = kind_ == Kind::kCalm && !flooded_ && !scarce_;
  // A queue that is shorter than what comes back in 15 s turns away what comes early for its slot.
  if (scenario_.settings.lane.gate.max_waiting < 100) scenario_.checks.max_parks = 40;
  // In a quick tier a delivery is back long before the queue that turned it away has room; who finds no place
  // has waited in vain.
  if (scenario_.checks.time_scale < 1 || scarce_) scenario_.checks.max_parks = 2'000;
  // So that floods reach the lanes as well.
  scenario_.settings.paced = random_.Percent(50);
  scenario_.checks.zombies = zombies_;
  scenario_.checks.clean = kind_ != Kind::kFaulty;
  scenario_.checks.ambiguous = faults.appends.ambiguous > 0;
}

}  // namespace

WebhookId WebhookName(int number) {
  return WebhookId("webhook_" + std::to_string(number));
}

std::shared_ptr<const Event> MakeEvent(int number, const AccountId& account, const std::string& type,
                                       std::size_t bytes) {
  auto event = std::make_shared<Event>();
  event->id = EventId("event_" + std::to_string(number));
  event->account = account;
  event->type = type;
  event->body = std::string(bytes, 'x');
  return event;
}

Scenario MakeScenario(std::uint64_t seed) {
  return Draw(seed).Make();
}

}  // namespace webhook::sim
