#include <iostream>
#include <map>
#include <memory>

#include "runtime/stop_token.h"
#include "tools/webhookctl/context.h"
#include "tools/webhookctl/rest_client.h"

namespace webhook::ctl {
namespace {

using nlohmann::ordered_json;

const std::vector<std::string> kColumns = {"id",       "webhook_id", "event",      "state",
                                           "attempts", "outcome",    "created_at", "next_attempt_at"};
constexpr std::chrono::milliseconds kLook{1'000};

struct Options {
  std::string id;
  std::string webhook;
  std::string state;
  std::string event;
  std::string event_id;
  std::string outcome;
  std::string status;
  std::string cursor;
  int limit = 50;
};

std::string ListPath(const Options& options) {
  std::string path = "/v2/deliveries?limit=" + std::to_string(options.limit);
  const auto add = [&](const char* name, const std::string& value) {
    if (!value.empty()) path += std::string("&") + name + "=" + EncodeComponent(value);
  };
  add("webhook_id", options.webhook);
  add("state", options.state);
  add("event", options.event);
  add("event_id", options.event_id);
  add("outcome", options.outcome);
  add("status", options.status);
  add("cursor", options.cursor);
  return path;
}

int List(const Context& context, const Options& options) {
  const auto page = CallRest(context, "GET", ListPath(options));
  if (!page) return Fail(page.error());
  Print(context, context.output == "json" ? *page : (*page)["data"], kColumns);
  if (context.output != "json" && !(*page)["next_cursor"].is_null())
    std::cout << "more: --cursor " << (*page)["next_cursor"].get<std::string>() << "\n";
  return kOk;
}

int Get(const Context& context, const Options& options) {
  const auto delivery = CallRest(context, "GET", "/v2/deliveries/" + EncodeComponent(options.id));
  if (!delivery) return Fail(delivery.error());
  if (context.output == "json") {
    Print(context, *delivery, {});
    return kOk;
  }
  ordered_json head = *delivery;
  head.erase("attempt_log");
  Print(context, head, {});
  std::cout << "\n";
  Print(context, (*delivery)["attempt_log"],
        {"run", "attempt", "started_at", "duration_ms", "outcome", "status", "reason"});
  return kOk;
}

int Redeliver(const Context& context, const Options& options) {
  const auto answer =
      CallRest(context, "POST", "/v2/deliveries/" + EncodeComponent(options.id) + "/redeliver");
  if (!answer) return Fail(answer.error());
  Print(context, *answer, {});
  return kOk;
}

int Cancel(const Context& context, const Options& options) {
  const auto answer = CallRest(context, "DELETE", "/v2/deliveries/" + EncodeComponent(options.id));
  if (!answer) return Fail(answer.error());
  Print(context, *answer, {});
  return kOk;
}

int Curl(const Context& context, const Options& options) {
  const auto answer = CallRest(context, "GET", "/v2/deliveries/" + EncodeComponent(options.id) + "/curl");
  if (!answer) return Fail(answer.error());
  if (context.output == "json") {
    Print(context, *answer, {});
  } else {
    std::cout << answer->at("command").get<std::string>() << "\n";
  }
  return kOk;
}

// Prints each delivery whenever it has changed, until interrupted.
int Tail(const Context& context, const Options& options) {
  std::map<std::string, std::string> shown;
  const runtime::StopToken never;
  for (bool first = true;; first = false) {
    const auto page = CallRest(context, "GET", ListPath(options));
    if (!page) return Fail(page.error());
    const ordered_json& rows = (*page)["data"];
    for (auto row = rows.rbegin(); row != rows.rend(); ++row) {
      std::string& last = shown[(*row)["id"].get<std::string>()];
      const std::string changed = (*row)["updated_at"].get<std::string>();
      if (last == changed) continue;
      last = changed;
      if (first) continue;
      if (context.output == "json") {
        std::cout << row->dump() << std::endl;
      } else {
        std::cout << changed << "  " << (*row)["id"].get<std::string>() << "  "
                  << (*row)["event"].get<std::string>() << "  " << (*row)["state"].get<std::string>()
                  << "  attempts " << (*row)["attempts"] << "  " << (*row)["outcome"].get<std::string>()
                  << std::endl;
      }
    }
    never.WaitFor(kLook);
  }
}

}  // namespace

void AddDeliveryCommands(CLI::App& app, Context& context) {
  const auto options = std::make_shared<Options>();
  CLI::App* deliveries = app.add_subcommand("deliveries", "The delivery log")->require_subcommand(1);
  const auto add = [&](const char* name, const char* help, int (*run)(const Context&, const Options&)) {
    CLI::App* command = deliveries->add_subcommand(name, help);
    command->callback([&context, options, run] {
      context.run = [&context, options, run] { return run(context, *options); };
    });
    return command;
  };
  CLI::App* list = add("list", "Newest first\n  webhookctl deliveries list --state failed", &List);
  CLI::App* tail = add("tail", "Follow the log\n  webhookctl deliveries tail --webhook webhook_…", &Tail);
  for (CLI::App* command : {list, tail}) {
    command->add_option("--webhook", options->webhook, "Only of this webhook");
    command->add_option("--state", options->state,
                        "pending waiting delivered rejected failed cancelled skipped blocked");
    command->add_option("--event", options->event, "Only of this event type");
    command->add_option("--event-id", options->event_id, "Only of this event");
    command->add_option("--outcome", options->outcome,
                        "Only those whose newest attempt ended so, like timeout_response");
    command->add_option("--status", options->status, "Only those whose newest answer had this HTTP status");
    command->add_option("--limit", options->limit, "1 to 100")->check(CLI::Range(1, 100));
  }
  list->add_option("--cursor", options->cursor, "Go on after an earlier page");
  CLI::App* get = add("get", "One delivery with its attempts\n  webhookctl deliveries get delivery_…", &Get);
  CLI::App* redeliver = add(
      "redeliver", "Send an ended delivery again\n  webhookctl deliveries redeliver delivery_…", &Redeliver);
  CLI::App* cancel =
      add("cancel", "Do not send one that waits\n  webhookctl deliveries cancel delivery_…", &Cancel);
  CLI::App* curl =
      add("curl", "A command that repeats its signed request\n  webhookctl deliveries curl delivery_… | sh",
          &Curl);
  for (CLI::App* command : {get, redeliver, cancel, curl})
    command->add_option("id", options->id, "The delivery's id")->required();
}

}  // namespace webhook::ctl
