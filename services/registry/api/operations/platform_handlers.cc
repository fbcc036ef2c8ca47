#include "services/registry/api/operations/platform_handlers.h"

#include <utility>

#include "core/encoding.h"
#include "domain/topics.h"
#include "services/registry/api/operations/page.h"
#include "services/registry/api/operations/platform_view.h"
#include "services/registry/api/operations/poison_page.h"
#include "services/registry/api/operations/poison_reader.h"

namespace webhook {

nlohmann::ordered_json ToJson(const PoisonEntry& entry) {
  nlohmann::ordered_json json = {{"topic", kPoisonTopic},
                                 {"partition", entry.partition},
                                 {"offset", entry.offset},
                                 {"source", nullptr},
                                 {"at", FormatMillis(entry.at)},
                                 {"reason", entry.reason},
                                 {"key", entry.key},
                                 {"size", entry.size}};
  if (entry.source)
    json["source"] = {{"topic", entry.source->topic},
                      {"partition", entry.source->partition},
                      {"offset", entry.source_offset}};
  json["excerpt"] = {{"text", Printable(entry.excerpt)}, {"base64", ToBase64(entry.excerpt)}};
  return json;
}

namespace {

using nlohmann::ordered_json;

// Of the threads that serve REST: each may wait for 3 s, and holds some megabytes.
constexpr int kMostReading = 2;

// What could not be told is null, and named with its reason.
class Parts {
 public:
  explicit Parts(ordered_json* json) : json_(*json) {}

  template <typename T, typename F>
  void Tell(const char* part, const Result<T>& found, const F& show) {
    json_[part] = found ? ordered_json(show(*found)) : ordered_json(nullptr);
    if (!found) Miss(part, found.error());
  }
  void Miss(const char* part, const Error& error) {
    missing_.push_back({{"part", part}, {"code", error.reason}, {"detail", error.message}});
  }
  ordered_json missing() { return std::move(missing_); }

 private:
  ordered_json& json_;
  ordered_json missing_ = ordered_json::array();
};

ordered_json Records(std::int64_t records) {
  return {{"records", records}};
}

ordered_json Backlog(const PlatformState& state, const kafka::ClusterState& cluster) {
  const auto behind = [&](const char* topic, const char* group) {
    return RecordsBehind(cluster.partitions, topic, cluster.groups.at(group).committed);
  };
  ordered_json json;
  json["events"] = Records(behind(kEventsTopic, kFanoutGroup));
  json["deliveries"] = Records(behind(kDeliveriesTopic, kDeliverGroup));
  json["attempts"] = nullptr;
  if (state.log_offsets)
    json["attempts"] = Records(RecordsBehind(cluster.partitions, kAttemptsTopic, *state.log_offsets));
  std::int64_t waiting = 0;
  for (const WaitTier& tier : kWaitTiers) waiting += behind(tier.topic, kPumpGroup);
  json["waiting"] = Records(waiting);
  return json;
}

ordered_json Show(const store::Overdue& overdue) {
  ordered_json json = {{"deliveries", overdue.deliveries},
                       {"oldest_at", nullptr},
                       {"oldest_delivery_id", nullptr},
                       {"account_id", nullptr}};
  if (!overdue.oldest_at) return json;
  json["oldest_at"] = FormatMillis(*overdue.oldest_at);
  json["oldest_delivery_id"] = overdue.oldest_delivery_id.str();
  json["account_id"] = overdue.account_id.str();
  return json;
}

ordered_json Show(const std::vector<store::FailingHost>& hosts) {
  ordered_json json = ordered_json::array();
  for (const store::FailingHost& host : hosts)
    json.push_back({{"host", host.host},
                    {"webhooks", host.webhooks},
                    {"accounts", host.accounts},
                    {"failing_since", FormatMillis(host.failing_since)}});
  return json;
}

ordered_json Show(const std::vector<VersionCount>& versions) {
  ordered_json json = ordered_json::array();
  for (const VersionCount& count : versions)
    json.push_back({{"service", count.service}, {"version", count.version}, {"instances", count.instances}});
  return json;
}

ordered_json ShowPartitions(const InstanceView& view) {
  ordered_json json = {
      {"fanout", view.fanout}, {"deliveries", view.deliveries}, {"wait", ordered_json::array()}};
  for (const WaitTier& tier : kWaitTiers) {
    if (const auto own = view.wait.find(tier.topic); own != view.wait.end())
      json["wait"].push_back({{"topic", own->first}, {"partitions", own->second}});
  }
  return json;
}

ordered_json ShowInstances(const std::vector<InstanceView>& views, bool partitions_known) {
  ordered_json json = ordered_json::array();
  for (const InstanceView& view : views) {
    const store::Instance& instance = view.instance;
    ordered_json& one = json.emplace_back();
    one["service"] = instance.service;
    one["instance"] = instance.name;
    one["version"] = view.known ? ordered_json(instance.version) : ordered_json(nullptr);
    one["started_at"] =
        instance.started_at ? ordered_json(FormatMillis(*instance.started_at)) : ordered_json(nullptr);
    one["seen_at"] = view.known ? ordered_json(FormatMillis(instance.seen_at)) : ordered_json(nullptr);
    one["partitions"] = partitions_known ? ShowPartitions(view) : ordered_json(nullptr);
  }
  return json;
}

// Each of the two knows some of them.
Result<std::vector<InstanceView>> Instances(const PlatformState& state) {
  if (!state.instances && !state.cluster) return state.instances.error();
  const auto told = state.instances ? *state.instances : std::vector<store::Instance>();
  const auto groups = state.cluster ? state.cluster->groups : std::map<std::string, kafka::GroupState>();
  return MatchMembers(told, groups);
}

}  // namespace

ordered_json ToJson(const PlatformState& state) {
  ordered_json json;
  json["at"] = FormatMillis(state.at);
  Parts parts(&json);
  parts.Tell("backlog", state.cluster, [&](const auto& cluster) { return Backlog(state, cluster); });
  if (state.cluster && !state.log_offsets) parts.Miss("backlog.attempts", state.log_offsets.error());
  parts.Tell("overdue", state.overdue, [](const auto& overdue) { return Show(overdue); });
  parts.Tell("failing_hosts", state.failing_hosts, [](const auto& hosts) { return Show(hosts); });
  parts.Tell("poison", state.cluster, [](const auto& cluster) {
    return Records(RecordsBehind(cluster.partitions, kPoisonTopic, {}));
  });
  parts.Tell("instances", Instances(state),
             [&](const auto& views) { return ShowInstances(views, state.cluster.ok()); });
  if (state.instances && !state.cluster) parts.Miss("instances.partitions", state.cluster.error());
  if (!state.instances && state.cluster) parts.Miss("instances.versions", state.instances.error());
  parts.Tell("versions", state.instances,
             [](const auto& instances) { return Show(CountVersions(instances)); });
  parts.Tell("version_skew", state.instances,
             [](const auto& instances) { return HasSkew(CountVersions(instances)); });
  json["missing"] = parts.missing();
  return json;
}

PlatformHandlers::PlatformHandlers(PlatformReader& reader, kafka::Cluster cluster, Secret cursor_key)
    : reader_(reader),
      cluster_(std::move(cluster)),
      cursor_key_(std::move(cursor_key)),
      reading_(kMostReading, kMostReading) {}

void PlatformHandlers::AddTo(Handlers* handlers) {
  (*handlers)["getPlatform"] = {[this](const Call& call) { return Get(call); }};
  (*handlers)["listPoisonRecords"] = {[this](const Call& call) { return ListPoison(call); }};
}

// After the transaction, which knows of the caller's account alone, and would be held for long.
Result<Reply> PlatformHandlers::Get(const Call&) const {
  Reply reply;
  reply.after_commit = [this](Reply* told) -> Status {
    told->json = ToJson(reader_.Read());
    return Ok();
  };
  return reply;
}

Result<Reply> PlatformHandlers::ListPoison(const Call& call) const {
  const auto page = PageReader::Read(call, cursor_key_);
  if (!page) return page.error();
  const auto before = ParseBounds(page->after().id);
  if (!before) return InvalidError({{"/cursor", "bad_cursor", "is not a cursor of this list"}});
  Reply reply;
  reply.after_commit = [this, page = *page, before = *before,
                        account = call.account()](Reply* told) -> Status {
    const auto place = reading_.Take(account);
    if (!place)
      return Error{ErrorCode::kUnavailable, "event_log_busy",
                   "others read the event log just now; repeat later"};
    const auto found = ReadPoison(cluster_, before, static_cast<std::size_t>(page.rows() - 1));
    if (!found) return found.error();
    const auto next = found->more ? std::optional(Cursor{0, FormatBounds(found->before)}) : std::nullopt;
    Reply shown = page.Answer<PoisonEntry>(found->entries, nullptr, next);
    told->json = std::move(shown.json);
    told->headers = std::move(shown.headers);
    return Ok();
  };
  return reply;
}

}  // namespace webhook
