#include <algorithm>
#include <chrono>
#include <iostream>
#include <memory>
#include <optional>
#include <string>

#include "core/encoding.h"
#include "crypto/crypto.h"
#include "runtime/clock.h"
#include "runtime/stop_token.h"
#include "tools/webhookctl/context.h"
#include "tools/webhookctl/grpc_call.h"
#include "tools/webhookctl/rest_client.h"
#include "webhook/v1/ingest.grpc.pb.h"

namespace webhook::ctl {
namespace {

using nlohmann::ordered_json;
using std::chrono::seconds;

constexpr char kAccount[] = "smoke";
// Nobody's (RFC 6761 section 6.5); a webhook that is inactive is not sent to.
constexpr char kNobody[] = "https://webhookctl-smoke.example.com/";
constexpr std::chrono::milliseconds kPause{250};

struct Options {
  std::string url;
  int seconds = 60;
};

void Say(const std::string& text) {
  std::cerr << text << "\n";
}

// Repeats `attempt` until it succeeds, fails for good (kConflict) or the time is up; then its last error.
template <typename T, typename Fn>
Result<T> Within(MonoTime end, Fn attempt) {
  const runtime::StopToken never;
  for (;;) {
    Result<T> done = attempt();
    if (done || done.error().code == ErrorCode::kConflict || runtime::ReadClock().mono >= end) return done;
    never.WaitFor(kPause);
  }
}

// The account of this name, made where there is none: accounts are for ever, so all runs share one.
Result<std::string> AccountId(const Context& context) {
  v1::ListAccountsResponse all;
  if (Status listed =
          CallAdmin(context, &v1::AdminService::Stub::ListAccounts, v1::ListAccountsRequest(), &all);
      !listed)
    return listed.error();
  for (const v1::Account& account : all.accounts()) {
    if (account.name() == kAccount) return account.id();
  }
  v1::CreateAccountRequest request;
  v1::CreateAccountResponse made;
  request.set_name(kAccount);
  if (Status created = CallAdmin(context, &v1::AdminService::Stub::CreateAccount, request, &made); !created)
    return created.error();
  return made.account().id();
}

// An API key of the account, for as long as this.
class TemporaryKey {
 public:
  static Result<std::unique_ptr<TemporaryKey>> Create(const Context& context, const std::string& account) {
    v1::CreateApiKeyRequest request;
    request.set_account_id(account);
    for (const char* scope : {"webhooks:read", "webhooks:write", "deliveries:read", "events:publish"})
      request.add_scopes(scope);
    v1::CreateApiKeyResponse made;
    if (Status created = CallAdmin(context, &v1::AdminService::Stub::CreateApiKey, request, &made); !created)
      return created.error();
    return std::unique_ptr<TemporaryKey>(new TemporaryKey(context, made.api_key().id(), made.key()));
  }
  ~TemporaryKey() {
    v1::RevokeApiKeyRequest request;
    v1::RevokeApiKeyResponse response;
    request.set_id(id_);
    const Status revoked = CallAdmin(context_, &v1::AdminService::Stub::RevokeApiKey, request, &response);
    if (!revoked) Say("the key " + id_ + " is left: " + revoked.error().message);
  }

  const std::string& key() const { return key_; }

 private:
  TemporaryKey(const Context& context, std::string id, std::string key)
      : context_(context), id_(std::move(id)), key_(std::move(key)) {}

  const Context& context_;
  const std::string id_;
  const std::string key_;
};

// A type of the catalogue that may be published, with a sample of its data.
Result<ordered_json> AnEventType(const Context& context) {
  const auto all = CallRest(context, "GET", "/v2/event-types");
  if (!all) return all.error();
  for (const ordered_json& type : all->at("data")) {
    if (type.at("deprecated_at").is_null()) return type;
  }
  return Error{ErrorCode::kNotFound, "no_event_type",
               "the catalogue has no event type: PUT /v2/event-types/{name} makes one"};
}

// Publishes one event over gRPC. A new key is known to event-ingest a moment later.
Result<std::string> Publish(const Context& context, const std::string& account, const ordered_json& type,
                            MonoTime end) {
  const auto address = context.Need(context.ingest_addr, "WEBHOOK_INGEST_ADDR");
  if (!address) return address.error();
  const auto channel = ChannelTo(context, *address);
  if (!channel) return channel.error();
  v1::PublishEventRequest request;
  v1::Event& event = *request.mutable_event();
  event.set_event_id("smoke-" + ToHex(crypto::RandomBytes(8)));
  event.set_account_id(account);
  event.set_event_type(type.at("name").get<std::string>());
  event.set_data(type.at("sample").dump());
  return Within<std::string>(end, [&]() -> Result<std::string> {
    v1::PublishEventResponse response;
    const Status done = CallGrpc<v1::EventIngestService>(
        *channel, context.api_key, &v1::EventIngestService::Stub::PublishEvent, request, &response);
    if (!done) return done.error();
    return response.event_id();
  });
}

// The delivery of the event once it is in that state.
Result<ordered_json> DeliveryIn(const Context& context, const std::string& event, const std::string& state,
                                MonoTime end) {
  return Within<ordered_json>(end, [&]() -> Result<ordered_json> {
    const auto page = CallRest(context, "GET", "/v2/deliveries?event_id=" + EncodeComponent(event));
    if (!page) return page.error();
    for (const ordered_json& delivery : page->at("data")) {
      if (delivery.at("state") == state) return delivery;
      const bool open = delivery.at("state") == "pending" || delivery.at("state") == "waiting";
      return Error{open ? ErrorCode::kDeadline : ErrorCode::kConflict, "not_" + state,
                   "the delivery is " + delivery.at("state").get<std::string>() + ", not " + state + ": " +
                       delivery.value("reason", "")};
    }
    return Error{ErrorCode::kDeadline, "no_delivery",
                 "the event was accepted, and its delivery is not in the log: look at the workers and at the "
                 "registry's log writer"};
  });
}

Result<ordered_json> Try(const Context& context, const Options& options) {
  const MonoTime begun = runtime::ReadClock().mono;
  const MonoTime end = begun + seconds(options.seconds);
  const auto account = AccountId(context);
  if (!account) return account.error();
  Say("registry: gRPC answers");
  const auto key = TemporaryKey::Create(context, *account);
  if (!key) return key.error();
  Context customer = context;
  customer.api_key = (*key)->key();
  const auto type = AnEventType(customer);
  if (!type) return type.error();
  const bool sends = !options.url.empty();
  const auto webhook = CallRest(customer, "POST", "/v2/webhooks",
                                {{"url", sends ? options.url : kNobody},
                                 {"events", {type->at("name")}},
                                 {"active", sends},
                                 {"description", "webhookctl smoke"}});
  if (!webhook) return webhook.error();
  Say("registry: REST takes a webhook");
  const auto try_event = [&]() -> Result<ordered_json> {
    const auto event = Publish(customer, *account, *type, end);
    if (!event) return event.error();
    Say("event-ingest: the event is on the log");
    return DeliveryIn(customer, *event, sends ? "delivered" : "skipped", end);
  };
  const auto delivery = try_event();
  const auto gone = CallRest(customer, "DELETE", "/v2/webhooks/" + webhook->at("id").get<std::string>());
  if (!delivery) return delivery.error();
  if (!gone) return gone.error();
  Say(sends ? "delivery-worker: the endpoint has it" : "delivery-worker: it was matched, and is in the log");
  const auto took = runtime::ReadClock().mono - begun;
  return ordered_json{{"event", type->at("name")},
                      {"event_id", delivery->at("event_id")},
                      {"delivery_id", delivery->at("id")},
                      {"state", delivery->at("state")},
                      {"took_ms", std::chrono::duration_cast<std::chrono::milliseconds>(took).count()}};
}

int Smoke(const Context& context, const Options& options) {
  const auto done = Try(context, options);
  if (!done) return Fail(done.error());
  Print(context, *done, {});
  return kOk;
}

}  // namespace

void AddSmokeCommand(CLI::App& app, Context& context) {
  const auto options = std::make_shared<Options>();
  CLI::App* smoke = app.add_subcommand(
      "smoke",
      "Try the whole platform: makes a webhook, publishes an event over gRPC, waits for its delivery, and "
      "cleans up.\n"
      "Without --url the webhook is inactive and the delivery recorded as skipped: all but the request "
      "itself "
      "is tried.\n"
      "  webhookctl smoke --url https://example.com/hook");
  smoke->add_option("--url", options->url,
                    "An endpoint that answers 2xx: then the delivery must arrive there");
  smoke->add_option("--timeout", options->seconds, "Seconds that all of it may take")
      ->check(CLI::Range(1, 3600))
      ->capture_default_str();
  smoke->callback(
      [&context, options] { context.run = [&context, options] { return Smoke(context, *options); }; });
}

}  // namespace webhook::ctl
