#include "services/delivery-worker/adapters/delivery_runner.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "domain/topics.h"
#include "log/log.h"
#include "records/records.h"
#include "runtime/clock.h"
#include "services/delivery-worker/adapters/attempt_span.h"
#include "services/delivery-worker/adapters/signed_request.h"
#include "services/delivery-worker/adapters/tell_attempt.h"

namespace webhook {

DeliveryRunner::DeliveryRunner(kafka::TopicPartition partition, const Checkpoint& from, const Parts& parts,
                               const Context& context)
    : PartitionRunner(std::move(partition), from, parts),
      attempts_(context.attempts),
      lease_(context.lease),
      webhooks_(context.webhooks),
      tracing_(context.tracing),
      from_(from),
      lane_(this->partition().partition, from, context.limits,
            {*this, *this, *this, context.deactivate, context.webhooks, context.lease, *this,
             &parts.loop.egress(), &parts.loop.account_bytes()}) {}

void DeliveryRunner::Prepare() {
  attempts_.Read(partition().partition, from_, [weak = weak_from_this(), this](AttemptsTail tail) {
    const auto self = weak.lock();
    if (!self) return;
    PostToLane([this, tail = std::move(tail)](Now now) {
      log::Info("takeover.known", {{"partition", partition().partition},
                                   {"offset", from_.offset},
                                   {"window", from_.done.size()},
                                   {"attempts", tail.entries.size()}});
      lane_.OnInherited(tail, now);
      SetReady();
    });
  });
}

Status DeliveryRunner::Take(const kafka::ConsumedRecord& record, Now now) {
  auto delivery = DecodeDelivery(record.value);
  if (!delivery) return delivery.error();
  lane_.OnDelivery(std::move(*delivery), record.offset, now);
  return Ok();
}

// A request under way: the runner may go before it.
struct DeliveryRunner::UnderWay {
  std::weak_ptr<PartitionRunner> alive;
  DeliveryRunner* runner;
  Admission& admission;
  const WorkerMetrics& metrics;
  Token token;
  std::shared_ptr<const Webhook> webhook;
  std::optional<WallTime> retry_due;
  std::optional<std::uint64_t> unchanged_at = {};  // WebhookDirectory::changes() then

  void Finish(HttpResult result) {
    metrics.in_flight.Add(-1);
    if (retry_due && result.written_at) metrics.ObserveRetryLateness(*result.written_at - *retry_due);
    const auto self = alive.lock();
    if (!self) return admission.Leave(*webhook);
    runner->lane_.OnResponse(token, std::move(result), runtime::ReadClock());
    runner->TellRole();
  }

  MonoTime WriteBefore() {
    const auto self = alive.lock();
    if (!self || runner->abandoned()) return MonoTime::min();
    // It may have waited long for a connection: a webhook that was changed or deleted meanwhile is judged
    // anew.
    if (const std::uint64_t changes = runner->webhooks_.changes(); changes != unchanged_at) {
      const auto current = runner->webhooks_.Find(webhook->id);
      if (!current || current->revision != webhook->revision) return MonoTime::min();
      unchanged_at = changes;
    }
    return runner->lease_.lease();
  }
};

void DeliveryRunner::Send(Token token, const Delivery& delivery,
                          const std::shared_ptr<const Webhook>& webhook) {
  const auto retry_due = delivery.wait_reason == WaitReason::kRetry ? delivery.due_at : std::nullopt;
  const auto under_way = std::allocate_shared<UnderWay>(
      Recycler<UnderWay>(parts().loop.recycler()),
      UnderWay{weak_from_this(), this, parts().loop.admission(), parts().metrics, token, webhook, retry_due});
  parts().metrics.in_flight.Add(1);
  const auto url = parts().loop.urls().Of(webhook->url);
  auto request = url ? SignedRequest(delivery, *webhook, *url, runtime::ReadClock().wall)
                     : Result<http::EgressRequest>(url.error().Context("the webhook's URL"));
  if (!request) {
    log::Error("request.unbuildable",
               {{"webhook_id", webhook->id.view()}, {"error", request.error().message}});
    HttpResult result;
    result.own_fault = true;
    result.detail = request.error().message;
    return parts().loop.loop().Post([under_way, result] { under_way->Finish(result); });
  }
  // What is to be done at the end holds it; so little fits into a std::function itself.
  request->write_before = [asked = under_way.get()] { return asked->WriteBefore(); };
  parts().loop.client().Send(std::move(*request),
                             [under_way](HttpResult result) { under_way->Finish(std::move(result)); });
}

Place DeliveryRunner::Enter(const std::shared_ptr<const Webhook>& webhook) {
  return parts().loop.admission().Enter(webhook, std::shared_ptr<Admission::Asker>(shared_from_this(), this));
}

void DeliveryRunner::OnTurn(const Webhook& webhook) {
  lane_.OnPlace(webhook.id, runtime::ReadClock());
}

void DeliveryRunner::AppendWait(Token token, const char* topic, const Delivery& delivery) {
  const bool to_lane = std::string_view(topic) == kDeliveriesTopic;
  ProduceDelivery(token, topic, to_lane ? partition().partition : -1, delivery);
}

void DeliveryRunner::Report(const AttemptRecord& record, const Event& event) {
  TellAttempt(parts().metrics, record);
  if (tracing_ == nullptr) return;
  if (auto span = AttemptSpan(record, event, tracing_->sample_ratio)) tracing_->spans.Emit(std::move(*span));
}

}  // namespace webhook
