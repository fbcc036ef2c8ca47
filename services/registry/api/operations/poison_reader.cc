#include "services/registry/api/operations/poison_reader.h"

#include <algorithm>
#include <utility>

#include "domain/topics.h"
#include "kafka/cluster_state.h"
#include "kafka/consumer.h"
#include "runtime/clock.h"

namespace webhook {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kExtents{1'000};
constexpr milliseconds kRead{1'900};
constexpr milliseconds kPoll{100};
constexpr std::size_t kRecordsAPoll = 50;

// The records of each partition that may be on the page: [begin, end).
using Ranges = std::map<std::int32_t, kafka::Extent>;

std::map<std::int32_t, kafka::Extent> Before(const kafka::ClusterState& state, const PoisonBounds& before) {
  Ranges ranges;
  for (const auto& [partition, extent] : state.partitions) {
    const auto bound = before.find(partition.partition);
    const std::int64_t end = bound == before.end() ? extent.end : std::min(bound->second, extent.end);
    ranges[partition.partition] = {extent.begin, std::max(end, extent.begin)};
  }
  return ranges;
}

// Keeps of each record what is shown: it may be half a megabyte.
Result<std::map<std::int32_t, std::vector<PoisonEntry>>> ReadRanges(const kafka::Cluster& cluster,
                                                                    const Ranges& ranges) {
  std::map<std::int32_t, std::vector<PoisonEntry>> entries;
  std::vector<kafka::Consumer::Position> positions;
  for (const auto& [partition, range] : ranges) {
    if (range.begin < range.end) positions.push_back({{kPoisonTopic, partition}, range.begin});
  }
  if (positions.empty()) return entries;
  kafka::ConsumerOptions options;
  options.cluster = cluster;
  options.client_id = "registry";
  auto consumer = kafka::Consumer::Create(options, {});
  if (!consumer) return consumer.error();
  if (Status assigned = (*consumer)->Assign(positions); !assigned) return assigned.error();
  std::size_t open = positions.size();
  const MonoTime end = runtime::ReadClock().mono + kRead;
  while (open > 0 && runtime::ReadClock().mono < end) {
    const auto batch = (*consumer)->Poll(kPoll, kRecordsAPoll);
    if (!batch) continue;  // it heals by itself, or is out of time
    for (const kafka::ConsumedRecord& record : (*batch)->records()) {
      const std::int64_t last = ranges.at(record.partition).end - 1;
      if (record.offset <= last) entries[record.partition].push_back(ToPoisonEntry(record));
      if (record.offset == last) --open;
    }
  }
  if (open > 0)
    return Error{ErrorCode::kUnavailable, "event_log_unavailable",
                 "the event log does not give its records in time; try again, or with a smaller limit"};
  return entries;
}

}  // namespace

Result<PoisonPage> ReadPoison(const kafka::Cluster& cluster, const PoisonBounds& before, std::size_t most) {
  const auto state = kafka::ReadClusterState(cluster, {kPoisonTopic}, {}, kExtents);
  if (!state) return state.error();
  const Ranges all = Before(*state, before);
  Ranges newest = all;
  for (auto& [partition, range] : newest)
    range.begin = std::max(range.begin, range.end - static_cast<std::int64_t>(most));
  auto entries = ReadRanges(cluster, newest);
  if (!entries) return entries.error();
  PoisonPage page;
  for (const auto& [partition, range] : all) page.before[partition] = range.end;
  page.entries = TakeNewest(std::move(*entries), most, &page.before);
  page.more = std::any_of(all.begin(), all.end(),
                          [&](const auto& one) { return page.before.at(one.first) > one.second.begin; });
  return page;
}

}  // namespace webhook
