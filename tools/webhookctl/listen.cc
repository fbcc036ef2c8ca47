#include <deque>
#include <iostream>
#include <memory>
#include <set>

#include "core/encoding.h"
#include "crypto/crypto.h"
#include "domain/delivery.h"
#include "domain/webhook.h"
#include "runtime/clock.h"
#include "runtime/signals.h"
#include "runtime/stop_token.h"
#include "runtime/thread.h"
#include "signing/signed_headers.h"
#include "tools/webhookctl/context.h"
#include "tools/webhookctl/rest_client.h"

namespace webhook::ctl {
namespace {

using nlohmann::ordered_json;

// Nothing is sent to an inactive webhook: the platform records what it would have sent, and that is what is
// read and forwarded. The name is nobody's (RFC 6761 section 6.5), and looks public, as names of endpoints
// must.
constexpr char kUrl[] = "https://webhookctl-listen.example.com/";
constexpr std::chrono::milliseconds kLook{500};
constexpr std::size_t kRemembered = 10'000;

struct Options {
  std::string forward;
  std::vector<std::string> events = {"*"};
};

// A webhook that is there for as long as this.
class TemporaryWebhook {
 public:
  static Result<std::unique_ptr<TemporaryWebhook>> Create(const Context& context, const Options& options) {
    const auto made = CallRest(context, "POST", "/v2/webhooks",
                               {{"url", kUrl + ToHex(crypto::RandomBytes(8))},
                                {"events", options.events},
                                {"active", false},
                                {"description", "webhookctl listen"}});
    if (!made) return made.error();
    return std::unique_ptr<TemporaryWebhook>(new TemporaryWebhook(context, *made));
  }
  ~TemporaryWebhook() {
    const auto gone = CallRest(context_, "DELETE", "/v2/webhooks/" + webhook_.id.str());
    if (!gone)
      std::cerr << "the temporary webhook " << webhook_.id.str() << " is left: " << gone.error().message
                << "\n";
  }

  const Webhook& webhook() const { return webhook_; }
  std::string secret() const { return webhook_.secrets.front().value.Reveal(); }

 private:
  TemporaryWebhook(const Context& context, const ordered_json& made) : context_(context) {
    webhook_.id = WebhookId(made.at("id").get<std::string>());
    webhook_.secrets.push_back({Secret(made.at("secret").get<std::string>()), std::nullopt});
  }

  const Context& context_;
  Webhook webhook_;
};

// Reads what the webhook would have got and forwards it, oldest first.
class Forwarder {
 public:
  Forwarder(const Context& context, const Options& options, const Webhook& webhook)
      : context_(context), options_(options), webhook_(webhook) {}

  // An error is of the platform; that nobody answers where it forwards to is only told.
  Status Look() {
    std::deque<ordered_json> fresh;
    std::string cursor;
    do {
      const auto page = CallRest(context_, "GET",
                                 "/v2/deliveries?limit=100&webhook_id=" + webhook_.id.str() +
                                     (cursor.empty() ? "" : "&cursor=" + EncodeComponent(cursor)));
      if (!page) return page.error();
      const std::size_t known = fresh.size();
      for (const ordered_json& delivery : page->at("data")) {
        if (!seen_.contains(delivery.at("id").get<std::string>())) fresh.push_front(delivery);
      }
      const auto& next = page->at("next_cursor");
      cursor = next.is_string() && fresh.size() > known ? next.get<std::string>() : "";
    } while (!cursor.empty());
    for (const ordered_json& delivery : fresh) {
      if (Status forwarded = Forward(delivery); !forwarded) return forwarded;
      Remember(delivery.at("id").get<std::string>());
    }
    return Ok();
  }

 private:
  Status Forward(const ordered_json& told) {
    const auto event =
        CallRest(context_, "GET", "/v2/events/" + EncodeComponent(told.at("event_id").get<std::string>()));
    if (!event) return event.error();
    if (event->at("body").is_null()) return Ok();  // erased meanwhile
    auto made = std::make_shared<Event>();
    made->id = EventId(told.at("event_id").get<std::string>());
    made->type = told.at("event").get<std::string>();
    made->notification_id = NotificationId(told.at("notification_id").get<std::string>());
    made->body = event->at("body").get<std::string>();
    Delivery delivery;
    delivery.id = DeliveryId(told.at("id").get<std::string>());
    delivery.event = made;
    const Now now = runtime::ReadClock();
    const auto headers = SignedHeaders(delivery, webhook_, now.wall);
    if (!headers) return headers.error();
    const auto status = Post(options_.forward, *headers, made->body);
    Tell(told, status, runtime::ReadClock().mono - now.mono);
    return Ok();
  }

  void Tell(const ordered_json& told, const Result<int>& status, std::chrono::microseconds took) const {
    const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(took).count();
    ordered_json line = {{"at", FormatMillis(runtime::ReadClock().wall)},
                         {"event", told.at("event")},
                         {"event_id", told.at("event_id")},
                         {"delivery_id", told.at("id")},
                         {"status", nullptr},
                         {"duration_ms", ms}};
    if (status) line["status"] = *status;
    if (!status) line["error"] = status.error().message;
    if (context_.output == "json") {
      std::cout << line.dump() << std::endl;
    } else {
      std::cout << line["at"].get<std::string>() << "  " << line["event"].get<std::string>() << "  "
                << line["delivery_id"].get<std::string>() << "  "
                << (status ? std::to_string(*status) : status.error().message) << "  " << ms << " ms"
                << std::endl;
    }
  }

  void Remember(const std::string& id) {
    seen_.insert(id);
    order_.push_back(id);
    if (order_.size() <= kRemembered) return;
    seen_.erase(order_.front());
    order_.pop_front();
  }

  const Context& context_;
  const Options& options_;
  const Webhook& webhook_;
  std::set<std::string> seen_;
  std::deque<std::string> order_;  // the same, the oldest first
};

int Listen(const Context& context, const Options& options) {
  runtime::BlockSignals();
  const auto temporary = TemporaryWebhook::Create(context, options);
  if (!temporary) return Fail(temporary.error());
  const TemporaryWebhook& made = **temporary;
  if (context.output == "json") {
    std::cout << ordered_json{{"webhook_id", made.webhook().id.str()}, {"secret", made.secret()}}.dump()
              << std::endl;
  } else {
    std::cout << "Forwarding to " << options.forward
              << "; Ctrl-C ends it.\nThe signing secret: " << made.secret() << std::endl;
  }
  runtime::StopToken stop;
  runtime::Thread looker("listen", [&] {
    Forwarder forwarder(context, options, made.webhook());
    while (!stop.WaitFor(kLook)) {
      const Status looked = forwarder.Look();
      if (!looked) std::cerr << "error: " << looked.error().message << "; trying again\n";
    }
  });
  runtime::WaitForShutdown();
  stop.RequestStop();
  looker.Join();
  return kOk;
}

}  // namespace

void AddListenCommand(CLI::App& app, Context& context) {
  const auto options = std::make_shared<Options>();
  CLI::App* listen = app.add_subcommand(
      "listen",
      "Forward the account's new events to a URL of yours, signed, for as long as it runs: nothing has to "
      "reach this\n"
      "machine. It makes a temporary webhook, which is inactive, so its deliveries are \"skipped\" in the "
      "log.\n"
      "  webhookctl listen --forward http://localhost:3000/webhooks --events user.created");
  listen->add_option("--forward", options->forward, "Where events go")->required();
  listen->add_option("--events", options->events, "Types or patterns, comma-separated")
      ->delimiter(',')
      ->capture_default_str();
  listen->callback(
      [&context, options] { context.run = [&context, options] { return Listen(context, *options); }; });
}

}  // namespace webhook::ctl
