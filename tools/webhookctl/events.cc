#include <simdjson.h>
#include <iostream>
#include <map>
#include <memory>
#include <string_view>

#include "google/rpc/status.pb.h"
#include "runtime/stop_token.h"
#include "tools/webhookctl/context.h"
#include "tools/webhookctl/grpc_call.h"
#include "tools/webhookctl/rest_client.h"
#include "webhook/v1/ingest.grpc.pb.h"

namespace webhook::ctl {
namespace {

using nlohmann::ordered_json;
using v1::EventIngestService;

constexpr int kBatch = 500;
constexpr std::size_t kBatchBytes = 2u << 20;  // a request may have 4 MiB
constexpr int kTries = 20;
constexpr std::chrono::milliseconds kPause{500};

struct Options {
  std::string account;
  std::string type;
  std::string id;
  std::string data;
  bool batch = false;
};

struct Target {
  std::shared_ptr<grpc::Channel> channel;
  std::string key;
};

Result<Target> Connect(const Context& context) {
  const auto address = context.Need(context.ingest_addr, "WEBHOOK_INGEST_ADDR");
  if (!address) return address.error();
  const auto key = context.Need(context.publish_key, "WEBHOOK_PUBLISH_KEY");
  if (!key) return key.error();
  const auto channel = ChannelTo(context, *address);
  if (!channel) return channel.error();
  return Target{*channel, *key};
}

bool MayRepeat(const Error& error) {
  return error.code == ErrorCode::kUnavailable || error.code == ErrorCode::kLimited ||
         error.code == ErrorCode::kDeadline;
}

int PublishOne(const Context& context, const Options& options, const std::string& data) {
  const auto target = Connect(context);
  if (!target) return Fail(target.error());
  v1::PublishEventRequest request;
  v1::PublishEventResponse response;
  v1::Event& event = *request.mutable_event();
  event.set_event_id(options.id);
  event.set_account_id(options.account);
  event.set_event_type(options.type);
  event.set_data(data);
  const Status done = CallGrpc<EventIngestService>(
      target->channel, target->key, &EventIngestService::Stub::PublishEvent, request, &response);
  if (!done) return Fail(done.error());
  Print(context, {{"event_id", response.event_id()}, {"duplicate", response.duplicate()}}, {});
  return kOk;
}

// Publishes the events of a batch; those that the platform could not take just now are repeated with the same
// id. The number that was refused for good.
Result<int> PublishBatch(const Target& target, v1::PublishEventBatchRequest request, int* accepted) {
  const runtime::StopToken never;
  int refused = 0;
  Error last{ErrorCode::kUnavailable, "unavailable", "the platform does not answer"};
  for (int tried = 0; tried < kTries; ++tried) {
    if (tried > 0) never.WaitFor(kPause);
    v1::PublishEventBatchResponse response;
    const Status done = CallGrpc<EventIngestService>(
        target.channel, target.key, &EventIngestService::Stub::PublishEventBatch, request, &response);
    if (!done && !MayRepeat(done.error())) return done.error();
    if (!done) {
      last = done.error();
      continue;
    }
    v1::PublishEventBatchRequest again;
    for (int i = 0; i < response.results_size(); ++i) {
      const v1::PublishEventResult& result = response.results(i);
      if (!result.has_error()) {
        ++*accepted;
        continue;
      }
      const Error error = rpc::FromRpcStatus(result.error());
      if (MayRepeat(error)) {
        *again.add_events() = request.events(i);
        last = error;
      } else {
        ++refused;
        Fail(error);
      }
    }
    if (again.events_size() == 0) return refused;
    request = std::move(again);
  }
  return last;
}

std::string_view RawJson(simdjson::ondemand::value value) {
  if (value.type() == simdjson::ondemand::json_type::object)
    return simdjson::ondemand::object(value.get_object()).raw_json();
  if (value.type() == simdjson::ondemand::json_type::array)
    return simdjson::ondemand::array(value.get_array()).raw_json();
  return value.raw_json_token();
}

// An event of a batch. Its data goes on byte by byte: a parsed number would lose digits.
Result<v1::Event> ReadLine(const std::string& line, const Options& options) {
  v1::Event event;
  event.set_account_id(options.account);
  event.set_event_type(options.type);
  event.set_data("{}");
  const std::map<std::string_view, std::string* (v1::Event::*)()> texts = {
      {"event_id", &v1::Event::mutable_event_id},
      {"account_id", &v1::Event::mutable_account_id},
      {"event_type", &v1::Event::mutable_event_type},
  };
  try {
    simdjson::ondemand::parser parser;
    const simdjson::padded_string padded(line);
    simdjson::ondemand::document document = parser.iterate(padded);
    for (simdjson::ondemand::field field : document.get_object()) {
      const std::string name{std::string_view(field.unescaped_key())};
      if (const auto text = texts.find(name); text != texts.end()) {
        *(event.*text->second)() = std::string(std::string_view(field.value().get_string()));
      } else if (name == "data") {
        event.set_data(std::string(RawJson(field.value())));
      } else {
        return Error{ErrorCode::kInvalid, "unknown_field",
                     name + " is none of event_id, account_id, event_type, data"};
      }
    }
    return event;
  } catch (const simdjson::simdjson_error& error) {
    return Error{ErrorCode::kInvalid, "bad_json", std::string("is no such JSON object: ") + error.what()};
  }
}

// One JSON object a line: {"event_id", "account_id", "event_type", "data"}; what is left out is taken from
// the flags.
int PublishLines(const Context& context, const Options& options) {
  const auto target = Connect(context);
  if (!target) return Fail(target.error());
  int accepted = 0;
  int refused = 0;
  int line_number = 0;
  v1::PublishEventBatchRequest request;
  std::size_t bytes = 0;
  const auto flush = [&]() -> Status {
    if (request.events_size() == 0) return Ok();
    const auto failed = PublishBatch(*target, std::exchange(request, {}), &accepted);
    bytes = 0;
    if (!failed) return failed.error();
    refused += *failed;
    return Ok();
  };
  for (std::string line; std::getline(std::cin, line);) {
    ++line_number;
    if (line.empty()) continue;
    auto event = ReadLine(line, options);
    if (!event) {
      std::cerr << "line " << line_number << ": " << event.error().message << "\n";
      ++refused;
      continue;
    }
    bytes += event->data().size();
    *request.add_events() = std::move(*event);
    if (request.events_size() < kBatch && bytes < kBatchBytes) continue;
    if (const Status flushed = flush(); !flushed) return Fail(flushed.error());
  }
  if (const Status flushed = flush(); !flushed) return Fail(flushed.error());
  Print(context, {{"accepted", accepted}, {"refused", refused}}, {});
  return refused == 0 ? kOk : kFailed;
}

int Publish(const Context& context, const Options& options) {
  if (options.batch) return PublishLines(context, options);
  if (options.type.empty())
    return Fail({ErrorCode::kInvalid, "usage", "name the event's type, or use --batch"});
  if (!options.data.empty()) return PublishOne(context, options, options.data);
  const auto data = ReadInput("-");
  return data ? PublishOne(context, options, *data) : Fail(data.error());
}

int Types(const Context& context, const Options&) {
  const auto types = CallRest(context, "GET", "/v2/event-types");
  if (!types) return Fail(types.error());
  Print(context, context.output == "json" ? *types : (*types)["data"], {"name", "description"});
  return kOk;
}

int Trigger(const Context& context, const Options& options) {
  const auto types = CallRest(context, "GET", "/v2/event-types");
  if (!types) return Fail(types.error());
  for (const auto& type : (*types)["data"]) {
    if (type["name"] == options.type) return PublishOne(context, options, type["sample"].dump());
  }
  return Fail({ErrorCode::kNotFound, "unknown_event_type",
               options.type + " is no type; see webhookctl events types"});
}

}  // namespace

void AddEventCommands(CLI::App& app, Context& context) {
  const auto options = std::make_shared<Options>();
  options->account = context.account;
  CLI::App* events = app.add_subcommand("events", "Publish events over gRPC")->require_subcommand(1);
  const auto add = [&](const char* name, const char* help, int (*run)(const Context&, const Options&)) {
    CLI::App* command = events->add_subcommand(name, help);
    command->callback([&context, options, run] {
      context.run = [&context, options, run] { return run(context, *options); };
    });
    return command;
  };
  CLI::App* publish = add("publish",
                          "Publish one event, its data from --data or stdin; or many with --batch\n"
                          "  webhookctl events publish user.created --data '{\"user\":{\"id\":1}}'\n"
                          "  webhookctl events publish --batch < events.ndjson",
                          &Publish);
  publish->add_option("type", options->type, "Event type, like user.created");
  publish->add_option("--data", options->data, "One JSON object");
  publish->add_flag("--batch", options->batch,
                    "One {event_id, account_id, event_type, data} a line on stdin");
  add("types", "List the catalogue\n  webhookctl events types", &Types);
  CLI::App* trigger =
      add("trigger", "Publish the catalogue's sample\n  webhookctl events trigger user.created", &Trigger);
  trigger->add_option("type", options->type, "Event type")->required();
  for (CLI::App* command : {publish, trigger}) {
    command->add_option("--account", options->account, "Whose webhooks get it (WEBHOOK_ACCOUNT)");
    command->add_option("--id", options->id, "Event id, for repeats");
  }
}

}  // namespace webhook::ctl
