#include <memory>
#include <optional>

#include "tools/webhookctl/context.h"
#include "tools/webhookctl/rest_client.h"

namespace webhook::ctl {
namespace {

using nlohmann::ordered_json;

const std::vector<std::string> kColumns = {"id", "url", "events", "active", "inactive_reason"};

struct Options {
  std::string id;
  std::string url;
  std::string description;
  std::vector<std::string> events;
  std::optional<bool> active;
  std::string secret;
  std::string event = "user.created";
  std::optional<int> overlap_seconds;
  std::string reason;
  bool catch_up = false;
};

ordered_json Body(const Options& options) {
  ordered_json body = ordered_json::object();
  if (!options.url.empty()) body["url"] = options.url;
  if (!options.description.empty()) body["description"] = options.description;
  if (!options.events.empty()) body["events"] = options.events;
  if (options.active) body["active"] = *options.active;
  if (!options.secret.empty()) body["secret"] = options.secret;
  return body;
}

int Call(const Context& context, const std::string& method, const std::string& path,
         const ordered_json& body = nullptr) {
  const auto answer = CallRest(context, method, path, body);
  if (!answer) return Fail(answer.error());
  Print(context, answer->is_null() ? ordered_json{{"done", true}} : *answer, {});
  return kOk;
}

// All pages.
int List(const Context& context) {
  ordered_json all = ordered_json::array();
  std::string cursor;
  do {
    const auto page =
        CallRest(context, "GET",
                 "/v2/webhooks?limit=100" + (cursor.empty() ? "" : "&cursor=" + EncodeComponent(cursor)));
    if (!page) return Fail(page.error());
    for (const auto& webhook : (*page)["data"]) all.push_back(webhook);
    const auto& next = (*page)["next_cursor"];
    cursor = next.is_string() ? next.get<std::string>() : "";
  } while (!cursor.empty());
  Print(context, context.output == "json" ? ordered_json{{"data", all}} : all, kColumns);
  return kOk;
}

void AddFields(CLI::App* command, const std::shared_ptr<Options>& options) {
  command->add_option("--url", options->url, "Where events go");
  command->add_option("--events", options->events, "Types or patterns, comma-separated")->delimiter(',');
  command->add_option("--description", options->description, "For people");
  command->add_option("--active", options->active, "true or false");
}

}  // namespace

void AddWebhookCommands(CLI::App& app, Context& context) {
  const auto options = std::make_shared<Options>();
  CLI::App* webhooks =
      app.add_subcommand("webhooks", "Webhooks of the API key's account")->require_subcommand(1);
  const auto add = [&](const char* name, const char* help, const std::function<int()>& run) {
    CLI::App* command = webhooks->add_subcommand(name, help);
    command->callback([&context, run] { context.run = run; });
    return command;
  };
  const auto path = [options] { return "/v2/webhooks/" + EncodeComponent(options->id); };

  CLI::App* create =
      add("create",
          "Register an endpoint; prints its secret once\n"
          "  webhookctl webhooks create --url https://example.com/hook --events user.created",
          [&context, options] { return Call(context, "POST", "/v2/webhooks", Body(*options)); });
  AddFields(create, options);
  create->add_option("--secret", options->secret, "A signing secret of your own");
  add("list", "List webhooks\n  webhookctl webhooks list", [&context] { return List(context); });
  CLI::App* get = add("get", "Show one\n  webhookctl webhooks get webhook_…",
                      [&context, path] { return Call(context, "GET", path()); });
  CLI::App* update =
      add("update", "Change what is given\n  webhookctl webhooks update webhook_… --active false",
          [&context, path, options] { return Call(context, "PUT", path(), Body(*options)); });
  AddFields(update, options);
  CLI::App* remove = add("delete", "Delete one\n  webhookctl webhooks delete webhook_…",
                         [&context, path] { return Call(context, "DELETE", path()); });
  CLI::App* test = add(
      "test",
      "Send a sample event and show the answer\n  webhookctl webhooks test webhook_… --event user.created",
      [&context, options] {
        return Call(context, "POST", "/v2/webhooks/test",
                    {{"webhook_id", options->id}, {"event", options->event}});
      });
  test->add_option("--event", options->event, "Type of the sample");
  CLI::App* rotate = add("rotate-secret",
                         "Make a new signing secret; prints it once\n  webhookctl webhooks rotate-secret "
                         "webhook_… --overlap 3600",
                         [&context, path, options] {
                           ordered_json body = ordered_json::object();
                           if (options->overlap_seconds) body["overlap_seconds"] = *options->overlap_seconds;
                           if (!options->secret.empty()) body["secret"] = options->secret;
                           return Call(context, "POST", path() + "/secrets/rotate", body);
                         });
  rotate->add_option("--overlap", options->overlap_seconds,
                     "Seconds for which the present one stays valid; a day");
  rotate->add_option("--secret", options->secret, "A signing secret of your own");
  CLI::App* pause =
      add("pause", "Send nothing until it is resumed\n  webhookctl webhooks pause webhook_… --reason repair",
          [&context, path, options] {
            ordered_json body = ordered_json::object();
            if (!options->reason.empty()) body["reason"] = options->reason;
            return Call(context, "POST", path() + "/pause", body);
          });
  pause->add_option("--reason", options->reason, "For whoever reads it");
  CLI::App* resume = add(
      "resume", "Send again\n  webhookctl webhooks resume webhook_… --catch-up", [&context, path, options] {
        return Call(context, "POST", path() + "/resume", {{"catch_up", options->catch_up}});
      });
  resume->add_flag("--catch-up", options->catch_up, "What was skipped meanwhile as well");
  CLI::App* stats =
      add("stats", "How it has been doing for a day\n  webhookctl webhooks stats webhook_… -o json",
          [&context, path] { return Call(context, "GET", path() + "/stats"); });
  for (CLI::App* command : {get, update, remove, test, rotate, pause, resume, stats})
    command->add_option("id", options->id, "The webhook's id")->required();
}

}  // namespace webhook::ctl
