#include "services/registry/api/operations/platform_view.h"

#include <algorithm>
#include <set>
#include <utility>

#include "domain/topics.h"

namespace webhook {
namespace {

constexpr char kWorker[] = "delivery-worker";
const std::string kNamedWorker = std::string(kWorker) + ".";

std::string InstanceOf(const kafka::GroupMember& member) {
  return member.client_id.starts_with(kNamedWorker) ? member.client_id.substr(kNamedWorker.size())
                                                    : member.host;
}

void Add(const std::string& group, const std::vector<kafka::TopicPartition>& partitions, InstanceView* view) {
  for (const auto& [topic, partition] : partitions) {
    if (group == kFanoutGroup) view->fanout.push_back(partition);
    if (group == kDeliverGroup) view->deliveries.push_back(partition);
    if (group == kPumpGroup) view->wait[topic].push_back(partition);
  }
}

void Sort(InstanceView* view) {
  std::sort(view->fanout.begin(), view->fanout.end());
  std::sort(view->deliveries.begin(), view->deliveries.end());
  for (auto& [topic, partitions] : view->wait) std::sort(partitions.begin(), partitions.end());
}

}  // namespace

std::vector<InstanceView> MatchMembers(const std::vector<store::Instance>& instances,
                                       const std::map<std::string, kafka::GroupState>& groups) {
  std::map<std::pair<std::string, std::string>, InstanceView> views;
  for (const store::Instance& instance : instances)
    views[{instance.service, instance.name}] = {instance, true, {}, {}, {}};
  for (const auto& [group, state] : groups) {
    for (const kafka::GroupMember& member : state.members) {
      const std::string name = InstanceOf(member);
      InstanceView& view = views[{kWorker, name}];
      if (!view.known) view.instance = {kWorker, name, "", std::nullopt, {}};
      Add(group, member.partitions, &view);
    }
  }
  std::vector<InstanceView> all;
  for (auto& [name, view] : views) {
    Sort(&view);
    all.push_back(std::move(view));
  }
  return all;
}

std::vector<VersionCount> CountVersions(const std::vector<store::Instance>& instances) {
  std::map<std::pair<std::string, std::string>, std::int64_t> counts;
  for (const store::Instance& instance : instances) ++counts[{instance.service, instance.version}];
  std::vector<VersionCount> versions;
  for (const auto& [key, count] : counts) versions.push_back({key.first, key.second, count});
  return versions;
}

bool HasSkew(const std::vector<VersionCount>& versions) {
  std::set<std::string> different;
  for (const VersionCount& count : versions) different.insert(count.version);
  return different.size() > 1;
}

std::int64_t RecordsBehind(const std::map<kafka::TopicPartition, kafka::Extent>& partitions,
                           const std::string& topic,
                           const std::map<kafka::TopicPartition, std::int64_t>& next) {
  std::int64_t records = 0;
  for (const auto& [partition, extent] : partitions) {
    if (partition.topic != topic) continue;
    const auto known = next.find(partition);
    const std::int64_t from = known == next.end() ? extent.begin : std::max(known->second, extent.begin);
    // Both were asked one after the other: what was read meanwhile is no negative arrears.
    records += std::max<std::int64_t>(extent.end - from, 0);
  }
  return records;
}

}  // namespace webhook
