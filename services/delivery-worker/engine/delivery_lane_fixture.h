#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "domain/retry_schedule.h"
#include "services/delivery-worker/engine/delivery_lane.h"

// A lane between fakes, under virtual time: for its tests.
namespace webhook {

using std::chrono::milliseconds;
using std::chrono::seconds;

struct FakeHttp : HttpPort {
  void Send(Token token, const Delivery& delivery, const std::shared_ptr<const Webhook>& webhook) override {
    sent.push_back(token);
    deliveries.push_back(delivery.id.str());
    urls.push_back(webhook->url);
  }
  std::vector<Token> sent;
  std::vector<std::string> deliveries;
  std::vector<std::string> urls;
};

struct FakeAdmission : AdmissionPort {
  Place Enter(const std::shared_ptr<const Webhook>& webhook) override {
    if (busy < places) return ++busy, Place::kTaken;
    refused.push_back(webhook->id);
    return refused_as;
  }
  void Leave(const Webhook&) override { --busy; }
  std::size_t places = 1'000;
  std::size_t busy = 0;
  Place refused_as = Place::kInLine;
  std::vector<WebhookId> refused;
};

struct FakeJournal : JournalPort {
  struct Wait {
    std::string topic;
    Delivery delivery;
  };
  void AppendWait(Token token, const char* topic, const Delivery& delivery) override {
    waits.push_back({topic, delivery});
    open.push_back(token);
  }
  void AppendAttempt(Token token, const AttemptRecord& record) override {
    attempts.push_back(record);
    open.push_back(token);
  }
  std::vector<Wait> waits;
  std::vector<AttemptRecord> attempts;
  std::vector<Token> open;  // appended, not acknowledged
};

struct FakeReport : ReportPort {
  void Report(const AttemptRecord& record, const Event&) override { outcomes.push_back(record.outcome); }
  std::vector<std::string> outcomes;
};

struct FakeLease : LeasePort {
  MonoTime lease() const override { return until; }
  MonoTime until = MonoTime::max();
};

struct FakeRegistry : DeactivatePort, WebhookDirectory {
  void Deactivate(const WebhookId& webhook, const std::string&, std::int64_t) override {
    deactivated.push_back(webhook.str());
  }
  std::shared_ptr<const Webhook> Find(const WebhookId& id) const override {
    const auto found = webhooks.find(id.str());
    const auto webhook = found == webhooks.end() ? nullptr : found->second;
    if (after_find) after_find();
    return webhook;
  }
  std::shared_ptr<const std::vector<std::shared_ptr<const Webhook>>> Of(const AccountId&) const override {
    return std::make_shared<std::vector<std::shared_ptr<const Webhook>>>();
  }
  std::int64_t revision() const override { return held; }

  std::uint64_t changes() const override { return changed; }

  void Put(const Webhook& webhook) {
    webhooks[webhook.id.str()] = std::make_shared<const Webhook>(webhook);
    ++changed;
  }
  void Clear() {
    webhooks.clear();
    ++changed;
  }
  std::uint64_t changed = 0;
  std::map<std::string, std::shared_ptr<const Webhook>> webhooks;
  std::vector<std::string> deactivated;
  std::int64_t held = 1;
  std::function<void()> after_find;  // what the watch does meanwhile
};

class DeliveryLaneTest : public ::testing::Test {
 protected:
  DeliveryLaneTest() {
    registry.Put(MakeWebhook("webhook_a"));
    lane.OnInherited({{}, 0, true}, now);
  }

  static Checkpoint Settled() {
    Checkpoint from;
    from.settled = true;
    return from;
  }
  static DeliveryLimits Limits() {
    DeliveryLimits limits;
    limits.max_span = 4'096;
    limits.gate.first_in_flight = limits.gate.max_in_flight;  // its endpoints are known
    return limits;
  }

  static Webhook MakeWebhook(const std::string& id) {
    Webhook webhook;
    webhook.id = WebhookId(id);
    webhook.account = AccountId("account_1");
    webhook.url = "https://" + id + ".example/";
    webhook.retry_schedule = *SchedulePreset("platform");
    webhook.permanent_statuses = {400, 410};
    return webhook;
  }

  Delivery NewDelivery(const std::string& id = "delivery_1", const std::string& webhook = "webhook_a") {
    Event event;
    event.id = EventId("e-" + id);
    event.account = AccountId("account_1");
    event.type = "user.created";
    event.body = "{}";
    Delivery delivery;
    delivery.id = DeliveryId(id);
    delivery.event = std::make_shared<const Event>(event);
    delivery.webhook_id = WebhookId(webhook);
    delivery.created_at = now.wall;
    return delivery;
  }

  static HttpResult Answer(int status) {
    HttpResult result;
    result.status = status;
    return result;
  }

  // Acknowledges all that is appended, also what the acknowledgements themselves append.
  void AcknowledgeAll() {
    while (!journal.open.empty()) {
      std::vector<Token> tokens;
      tokens.swap(journal.open);
      for (const Token token : tokens) lane.OnAppended(token, {true, acknowledged++}, now);
    }
  }

  void Pass(MonoTime::duration time) {
    now.mono += time;
    now.wall += time;
    lane.OnTick(now);
  }

  Now now{MonoTime{seconds{5'000}}, WallTime{seconds{1'700'000'000}}};
  std::int64_t acknowledged = 0;
  FakeHttp http;
  FakeJournal journal;
  FakeReport report;
  FakeRegistry registry;
  FakeLease lease;
  FakeAdmission admission;
  DeliveryLane lane{7, Settled(), Limits(), {http, journal, report, registry, registry, lease, admission}};
};

}  // namespace webhook
