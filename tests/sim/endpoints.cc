#include "tests/sim/endpoints.h"

#include <utility>

#include "tests/sim/checker.h"

namespace webhook::sim {

using std::chrono::milliseconds;
using std::chrono::seconds;

void Endpoints::Send(const std::shared_ptr<Life>& life, Request request) {
  auto shared = std::make_shared<Request>(std::move(request));
  HttpResult result;
  result.started_at = life->now().wall;
  const auto finish = [this, life, shared](HttpResult end, Time after) {
    life->After(after, [life, shared, end]() mutable {
      end.duration = life->now().wall - end.started_at;
      shared->on_response(end);
    });
  };
  if (life->broken()) {
    result.own_fault = true;
    result.detail = "No descriptor is left";
    return finish(result, random_.Span(milliseconds{1}, milliseconds{30}));
  }
  const EndpointPlan& plan = plans_.at(shared->webhook->id);
  if (plan.behaviour == Behaviour::kRefuses && clock_.time() < plan.until) {
    const bool silent = random_.Percent(20);
    result.fault = silent ? NetFault::kTimeoutConnect : NetFault::kConnect;
    result.detail = "The endpoint refused the connection";
    return finish(result, silent ? Time{seconds{5}} : random_.Span(milliseconds{1}, milliseconds{50}));
  }
  const bool slow = random_.Percent(4);
  const Time connect = plan.behaviour == Behaviour::kSlowToConnect
                           ? random_.Span(milliseconds{5'100}, seconds{9})
                       : slow ? random_.Span(milliseconds{100}, milliseconds{4'900})
                              : random_.Span(milliseconds{1}, milliseconds{60});
  life->After(connect, [this, life, shared, result] { Write(life, shared, result); });
}

void Endpoints::Write(const std::shared_ptr<Life>& life, const std::shared_ptr<Request>& request,
                      HttpResult result) {
  const bool late = life->now().mono >= request->write_before();
  if (late || life->broken()) {
    result.own_fault = true;
    result.detail = late ? "The lease ran out" : "The network is away";
    life->After(milliseconds{1}, [request, result] { request->on_response(result); });
    return;
  }
  if (crash_ != nullptr && !crash_->Happens()) return;
  result.written_at = life->now().wall;
  const WebhookId id = request->webhook->id;
  checker_.OnWritten(request->lane, request->delivery, *request->webhook);
  // The endpoint has it later: after a retransmission or two, seconds later.
  const Time way = random_.Percent(4) ? random_.Span(milliseconds{200}, seconds{3})
                                      : random_.Span(Time{0}, milliseconds{40});
  clock_.After(way, [this, id] { checker_.OnReceived(id); });
  if (crash_ != nullptr) crash_->Happened();
  if (!life->alive()) return;
  if (plans_.at(id).behaviour == Behaviour::kFlaps && random_.Percent(5)) {
    result.own_fault = result.stale_connection = true;
    result.detail = "A kept connection was closed";
    life->After(way, [request, result] { request->on_response(result); });
    return;
  }
  Answer answer = AnswerOf(plans_.at(id), request->delivery);
  answer.takes += way;
  const auto left = result.started_at + request->webhook->timeout - life->now().wall;
  if (answer.hangs || answer.takes >= left) {
    result.fault = NetFault::kTimeoutResponse;
    result.detail = "The endpoint did not answer in time";
  } else {
    result.status = answer.status;
    result.retry_after = answer.retry_after;
  }
  const Time takes = answer.hangs ? left : std::min<Time>(answer.takes, left);
  life->After(takes, [life, request, result]() mutable {
    result.duration = life->now().wall - result.started_at;
    request->on_response(result);
  });
}

Endpoints::Answer Endpoints::AnswerOf(const EndpointPlan& plan, const Delivery& delivery) {
  Answer answer{200, false, random_.Span(plan.answer_low, plan.answer_high), std::nullopt};
  const bool now = clock_.time() < plan.until;
  switch (plan.behaviour) {
    case Behaviour::kFast:
    case Behaviour::kSlow:
    case Behaviour::kSlowToConnect:
    case Behaviour::kRefuses:
      break;
    case Behaviour::kFailsFirst:
      if (delivery.attempt <= plan.count) answer.status = 500;
      break;
    case Behaviour::kFails:
      if (now) answer.status = 503;
      break;
    case Behaviour::kHangs:
      answer.hangs = now;
      break;
    case Behaviour::kFlaps:
      if (random_.Percent(30)) answer.status = 502;
      break;
    case Behaviour::kTooMany:
      if (now && random_.Percent(70)) {
        answer.status = 429;
        answer.retry_after = plan.retry_after;
      }
      break;
    case Behaviour::kBadRequest:
      if (random_.Percent(20)) answer.status = 400;
      break;
    case Behaviour::kGone:
      if (!now) answer.status = 410;
      break;
  }
  return answer;
}

}  // namespace webhook::sim
