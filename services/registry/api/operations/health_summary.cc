#include "services/registry/api/operations/health_summary.h"

#include <numeric>

#include "http/endpoint_url.h"

namespace webhook {
namespace {

// "2026-01-31 14:05 UTC".
std::string At(WallTime time) {
  std::string text = FormatSeconds(time).substr(0, sizeof("2026-01-31T14:05") - 1);
  text[text.find('T')] = ' ';
  return text + " UTC";
}

std::string Host(const store::WebhookHealth& health) {
  const auto url = http::ParseEndpointUrl(health.url, "/url");
  return url ? url->host : "The endpoint";
}

// Of an answer that is no success.
std::string OfStatus(const std::string& answers, int status) {
  if (status >= 300 && status < 400)
    return answers +
           ", which leads elsewhere, and redirects are not followed. Register the URL that it leads to.";
  switch (status) {
    case 401:
    case 403:
    case 407:
      return answers +
             ": it does not let us in. Let requests through without a login; the signature proves that they "
             "are "
             "ours.";
    case 404:
      return answers + ": there is nothing at this URL. Correct the URL's path, or put your service there.";
    case 405:
      return answers +
             ": it takes no POST requests at this URL. Correct the URL's path, or let it take them.";
    case 410:
      return answers + ": it says that it is gone for good. Correct the URL, or delete the webhook.";
    case 413:
      return answers + ": the event is too large for it. Let your service take larger requests.";
    case 429:
      return answers +
             ": more requests came than it takes. Lower the webhook's rate limit, or let it take more.";
    default:
      break;
  }
  if (status >= 500)
    return answers + ": your service, or what stands before it, has failed. Look at its log.";
  return answers + ": your service does not take the request. Look at its log for the reason.";
}

// What the last failure was, and what to do about it.
std::string Cause(const store::WebhookHealth& health) {
  const std::string unknown = "Look at its newest deliveries for the reason.";
  if (!health.last_failure) return unknown;
  const std::string& outcome = health.last_failure->outcome;
  const int status = health.last_failure->status;
  const std::string host = Host(health);
  if (outcome == "http_3xx" || outcome == "http_4xx" || outcome == "http_429" || outcome == "http_5xx" ||
      outcome == "permanent")
    return OfStatus(host + " answers " + std::to_string(status), status);
  if (outcome == "timeout_connect")
    return host +
           " does not take the connection in time. See that your service is up, and that its firewall lets "
           "us through.";
  if (outcome == "timeout_tls")
    return host +
           " takes the connection but does not secure it in time. See that your service is not overloaded, "
           "and speaks TLS at this port.";
  if (outcome == "timeout_response")
    return host + " did not answer within " + std::to_string(health.timeout.count()) +
           " s. Let your service answer 2xx first and do the work afterwards.";
  if (outcome == "dns")
    return "The host name " + host + " cannot be found. Correct the URL, or the name's DNS records.";
  if (outcome == "connect")
    return host +
           " cannot be reached, or refuses the connection. Start your service, or let us through its "
           "firewall.";
  if (outcome == "tls")
    return "The connection to " + host +
           " cannot be trusted: its certificate has expired, is for another name, or "
           "comes without its chain. Renew or correct the certificate.";
  if (outcome == "protocol")
    return host +
           " answers in a way that is no HTTP. See that your web service is what listens at this port.";
  if (outcome == "ssrf_blocked")
    return host +
           " leads to a private address, which is never called. Give it a public address, or register "
           "another URL.";
  return unknown;
}

std::string Count(const store::Waiting& waiting) {
  if (waiting.deliveries == 1) return "1 delivery waits";
  return (waiting.deliveries >= kHealthWaitingLooked ? "At least " : "") +
         std::to_string(waiting.deliveries) + " deliveries wait";
}

std::string Waits(const store::Waiting& waiting) {
  if (waiting.deliveries == 0) return "Nothing waits for another attempt; what has failed can be sent again.";
  const std::string next =
      waiting.next_attempt_at ? "; the next attempt is due at " + At(*waiting.next_attempt_at) : "";
  return Count(waiting) + next + ".";
}

std::string Inactive(const store::WebhookHealth& health) {
  std::string reason = health.inactive_reason;
  while (reason.ends_with('.')) reason.pop_back();
  return "Nothing is sent: the webhook is inactive" +
         (health.inactive_since ? " since " + At(*health.inactive_since) : "") +
         (reason.empty() ? "" : " (" + reason + ")") +
         ". Resume it once its endpoint is ready; what was skipped can be sent then too.";
}

// What failed may be another URL than the one that is registered now.
bool ChangedSince(const store::WebhookHealth& health) {
  return health.last_failure && health.updated_at > health.last_failure->at;
}

// Of an endpoint that answers, and not always; "" where it does.
std::string Some(const HealthItem& item) {
  const std::int64_t failed = item.requests() - item.succeeded();
  if (failed <= 0) return "";
  return " " + std::to_string(failed) + " of " + std::to_string(item.requests()) +
         " requests in the last 24 hours failed." +
         (ChangedSince(item.health) ? "" : " The last failure: " + Cause(item.health));
}

std::string Failing(const store::WebhookHealth& health, const store::Waiting& waiting) {
  const std::string since = "Every request has failed since " + At(*health.failing_since) + ". ";
  if (ChangedSince(health))
    return since +
           "The webhook was changed after the last of them: send a test to see whether it works now. " +
           Waits(waiting);
  return since + Cause(health) + " " + Waits(waiting);
}

}  // namespace

std::int64_t HealthItem::requests() const {
  return std::accumulate(
      steps.begin(), steps.end(), std::int64_t{0},
      [](std::int64_t sum, const store::RequestStep& step) { return sum + step.requests; });
}

std::int64_t HealthItem::succeeded() const {
  return std::accumulate(
      steps.begin(), steps.end(), std::int64_t{0},
      [](std::int64_t sum, const store::RequestStep& step) { return sum + step.succeeded; });
}

const char* HealthState(const store::WebhookHealth& health) {
  if (!health.active) return "inactive";
  if (health.failing()) return "failing";
  return health.last_success_at ? "healthy" : "quiet";
}

std::string HealthSummary(const HealthItem& item) {
  const auto& [health, waiting, steps] = item;
  if (!health.active) return Inactive(health);
  if (health.failing()) return Failing(health, waiting);
  const std::string waits = waiting.deliveries == 0 ? "" : " " + Waits(waiting);
  if (health.last_success_at)
    return "It works: the last request succeeded at " + At(*health.last_success_at) + "." + Some(item) +
           waits;
  return "No event was sent yet. Send a test to see whether the endpoint takes it; tests are not counted "
         "here." +
         waits;
}

}  // namespace webhook
