#include <iostream>
#include <memory>

#include "runtime/stop_token.h"
#include "tools/webhookctl/context.h"
#include "tools/webhookctl/rest_client.h"

namespace webhook::ctl {
namespace {

using nlohmann::ordered_json;

constexpr std::chrono::milliseconds kLook{1'000};
const std::vector<std::string> kColumns = {"id",     "state",      "total",   "sent",
                                           "passed", "created_at", "ended_at"};

struct Options {
  std::string id;
  std::string state;
  std::string webhook;
  std::string event;
  std::string since;
  std::string until;
  bool dry_run = false;
  bool wait = false;
};

std::string PathOf(const std::string& id) {
  return "/v2/redeliveries/" + EncodeComponent(id);
}

// Tells how far it is until it has ended.
int Follow(const Context& context, const std::string& id) {
  const runtime::StopToken never;
  for (;;) {
    const auto now = CallRest(context, "GET", PathOf(id));
    if (!now) return Fail(now.error());
    if (now->at("state") != "running") {
      Print(context, *now, {});
      return now->at("state") == "done" ? kOk : kFailed;
    }
    std::cerr << "\r" << now->at("sent") << " of " << now->at("total") << " sent " << std::flush;
    never.WaitFor(kLook);
  }
}

int Start(const Context& context, const Options& options) {
  ordered_json body;
  const auto add = [&](const char* name, const std::string& value) {
    if (!value.empty()) body[name] = value;
  };
  add("state", options.state);
  add("webhook_id", options.webhook);
  add("event", options.event);
  add("since", options.since);
  add("until", options.until);
  if (options.dry_run) body["dry_run"] = true;
  const auto begun = CallRest(context, "POST", "/v2/redeliveries", body);
  if (!begun) return Fail(begun.error());
  if (options.wait && !options.dry_run) return Follow(context, begun->at("id").get<std::string>());
  Print(context, *begun, {});
  return kOk;
}

int List(const Context& context, const Options&) {
  const auto page = CallRest(context, "GET", "/v2/redeliveries?limit=100");
  if (!page) return Fail(page.error());
  Print(context, context.output == "json" ? *page : (*page)["data"], kColumns);
  return kOk;
}

int Get(const Context& context, const Options& options) {
  const auto found = CallRest(context, "GET", PathOf(options.id));
  if (!found) return Fail(found.error());
  Print(context, *found, {});
  return kOk;
}

int Cancel(const Context& context, const Options& options) {
  const auto cancelled = CallRest(context, "DELETE", PathOf(options.id));
  if (!cancelled) return Fail(cancelled.error());
  Print(context, {{"id", options.id}, {"cancelled", true}}, {});
  return kOk;
}

}  // namespace

void AddRedeliveryCommands(CLI::App& app, Context& context) {
  const auto options = std::make_shared<Options>();
  const auto run_as = [&](CLI::App* command, int (*run)(const Context&, const Options&)) {
    command->callback([&context, options, run] {
      context.run = [&context, options, run] { return run(context, *options); };
    });
    return command;
  };
  CLI::App* start = run_as(
      app.add_subcommand("redeliver",
                         "Send many ended deliveries again; count them first\n"
                         "  webhookctl redeliver --state failed --since 2026-01-31T12:00:00Z --dry-run"),
      &Start);
  start->add_option("--state", options->state, "delivered, rejected, failed, skipped or blocked")->required();
  start->add_option("--webhook", options->webhook, "Only of this webhook");
  start->add_option("--event", options->event, "Only of this event type");
  start->add_option("--since", options->since, "Accepted at this time (RFC 3339) or later");
  start->add_option("--until", options->until, "Accepted before this time");
  start->add_flag("--dry-run", options->dry_run, "Only count them");
  start->add_flag("--wait", options->wait, "Show the progress, and end when it has ended");

  CLI::App* group = app.add_subcommand("redeliveries", "Redeliveries in bulk")->require_subcommand(1);
  run_as(group->add_subcommand("list", "Newest first\n  webhookctl redeliveries list"), &List);
  CLI::App* get = run_as(
      group->add_subcommand("get", "How far one is\n  webhookctl redeliveries get redelivery_…"), &Get);
  CLI::App* cancel =
      run_as(group->add_subcommand(
                 "cancel", "What is not sent yet is not sent\n  webhookctl redeliveries cancel redelivery_…"),
             &Cancel);
  for (CLI::App* command : {get, cancel})
    command->add_option("id", options->id, "The redelivery's id")->required();
}

}  // namespace webhook::ctl
