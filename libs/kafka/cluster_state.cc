#include "kafka/cluster_state.h"

#include <algorithm>
#include <memory>

#include "kafka/internal/admin.h"
#include "kafka/internal/partition_list.h"
#include "runtime/clock.h"

namespace webhook::kafka {
namespace {

using GroupOffsets =
    std::unique_ptr<rd_kafka_ListConsumerGroupOffsets_t,
                    Deleter<rd_kafka_ListConsumerGroupOffsets_t, rd_kafka_ListConsumerGroupOffsets_destroy>>;

// One look at the cluster: asks everything, then takes the answers in the order in which they come.
class Look {
 public:
  Look(rd_kafka_t* client, std::chrono::milliseconds timeout)
      : client_(client), end_(runtime::ReadClock().mono + timeout), answers_(rd_kafka_queue_new(client)) {}

  Result<ClusterState> Take(const std::vector<std::string>& topics, const std::vector<std::string>& groups) {
    if (Status found = FindPartitions(topics); !found) return found.error();
    Ask(groups);
    for (; asked_ > 0; --asked_) {
      const Event event(rd_kafka_queue_poll(answers_.get(), Left()));
      if (Status taken = TakeAnswer(event.get()); !taken) return taken.error();
    }
    return std::move(state_);
  }

 private:
  int Left() const {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end_ - runtime::ReadClock().mono);
    return static_cast<int>(std::max<std::int64_t>(left.count(), 1));
  }

  Status FindPartitions(const std::vector<std::string>& topics) {
    const auto counts = PartitionCounts(client_, Left());
    if (!counts) return counts.error();
    for (const std::string& topic : topics) {
      const auto found = counts->find(topic);
      if (found == counts->end() || found->second == 0)
        return KafkaError("topic " + topic, RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART);
      for (std::int32_t partition = 0; partition < found->second; ++partition)
        state_.partitions[{topic, partition}] = {};
    }
    return Ok();
  }

  void Ask(const std::vector<std::string>& groups) {
    if (!state_.partitions.empty()) {
      AskOffsets(RD_KAFKA_OFFSET_SPEC_EARLIEST);
      AskOffsets(RD_KAFKA_OFFSET_SPEC_LATEST);
    }
    for (const std::string& group : groups) {
      state_.groups[group] = {};
      const char* name = group.c_str();
      const Options describe = Timed(RD_KAFKA_ADMIN_OP_DESCRIBECONSUMERGROUPS);
      rd_kafka_DescribeConsumerGroups(client_, &name, 1, describe.get(), answers_.get());
      const GroupOffsets all(rd_kafka_ListConsumerGroupOffsets_new(name, nullptr));
      rd_kafka_ListConsumerGroupOffsets_t* wanted = all.get();
      const Options list = Timed(RD_KAFKA_ADMIN_OP_LISTCONSUMERGROUPOFFSETS);
      rd_kafka_ListConsumerGroupOffsets(client_, &wanted, 1, list.get(), answers_.get());
      asked_ += 2;
    }
  }

  Options Timed(rd_kafka_admin_op_t operation) const {
    return AdminOptions(client_, operation, std::chrono::milliseconds(Left()));
  }

  // The opaque says which of the two this is.
  void AskOffsets(rd_kafka_OffsetSpec_t which) {
    std::vector<Consumer::Position> wanted;
    for (const auto& [partition, extent] : state_.partitions) wanted.push_back({partition, which});
    const List list = ToList(wanted);
    const Options options = Timed(RD_KAFKA_ADMIN_OP_LISTOFFSETS);
    std::int64_t Extent::*& member = which == RD_KAFKA_OFFSET_SPEC_EARLIEST ? begin_ : end_of_;
    rd_kafka_AdminOptions_set_opaque(options.get(), &member);
    rd_kafka_ListOffsets(client_, list.get(), options.get(), answers_.get());
    ++asked_;
  }

  Status TakeAnswer(rd_kafka_event_t* event) {
    if (event == nullptr) return KafkaError("look at the cluster", RD_KAFKA_RESP_ERR__TIMED_OUT);
    if (const auto code = rd_kafka_event_error(event); code != RD_KAFKA_RESP_ERR_NO_ERROR)
      return KafkaError("look at the cluster", code);
    switch (rd_kafka_event_type(event)) {
      case RD_KAFKA_EVENT_LISTOFFSETS_RESULT:
        return TakeOffsets(event);
      case RD_KAFKA_EVENT_DESCRIBECONSUMERGROUPS_RESULT:
        return TakeMembers(event);
      default:
        return TakeCommitted(event);
    }
  }

  Status TakeOffsets(rd_kafka_event_t* event) {
    const auto member = *static_cast<std::int64_t Extent::**>(rd_kafka_event_opaque(event));
    const auto offsets = ListedOffsets(event);
    if (!offsets) return offsets.error();
    for (const auto& [partition, offset] : *offsets) state_.partitions[partition].*member = offset;
    return Ok();
  }

  Status TakeMembers(rd_kafka_event_t* event) {
    std::size_t count = 0;
    const auto** groups = rd_kafka_DescribeConsumerGroups_result_groups(
        rd_kafka_event_DescribeConsumerGroups_result(event), &count);
    for (std::size_t i = 0; i < count; ++i) {
      const std::string name = rd_kafka_ConsumerGroupDescription_group_id(groups[i]);
      const auto code = rd_kafka_error_code(rd_kafka_ConsumerGroupDescription_error(groups[i]));
      // Newer brokers say so of a group that nobody has joined yet; older ones show it empty.
      if (code == RD_KAFKA_RESP_ERR_GROUP_ID_NOT_FOUND) continue;
      if (code != RD_KAFKA_RESP_ERR_NO_ERROR) return KafkaError("members of " + name, code);
      const std::size_t members = rd_kafka_ConsumerGroupDescription_member_count(groups[i]);
      for (std::size_t j = 0; j < members; ++j)
        state_.groups[name].members.push_back(
            ToMember(*rd_kafka_ConsumerGroupDescription_member(groups[i], j)));
    }
    return Ok();
  }

  static GroupMember ToMember(const rd_kafka_MemberDescription_t& told) {
    GroupMember member;
    member.client_id = rd_kafka_MemberDescription_client_id(&told);
    member.host = rd_kafka_MemberDescription_host(&told);
    // Java writes an address as "name/address", and the name is mostly empty.
    member.host.erase(0, member.host.find('/') + 1);
    const auto* assignment = rd_kafka_MemberDescription_assignment(&told);
    const auto* list = assignment ? rd_kafka_MemberAssignment_partitions(assignment) : nullptr;
    if (list != nullptr) member.partitions = ToPartitions(*list);
    return member;
  }

  Status TakeCommitted(rd_kafka_event_t* event) {
    std::size_t count = 0;
    const auto** groups = rd_kafka_ListConsumerGroupOffsets_result_groups(
        rd_kafka_event_ListConsumerGroupOffsets_result(event), &count);
    for (std::size_t i = 0; i < count; ++i) {
      const std::string name = rd_kafka_group_result_name(groups[i]);
      const auto code = rd_kafka_error_code(rd_kafka_group_result_error(groups[i]));
      if (code == RD_KAFKA_RESP_ERR_GROUP_ID_NOT_FOUND) continue;
      if (code != RD_KAFKA_RESP_ERR_NO_ERROR) return KafkaError("committed offsets of " + name, code);
      const auto* list = rd_kafka_group_result_partitions(groups[i]);
      for (int j = 0; list != nullptr && j < list->cnt; ++j) {
        const rd_kafka_topic_partition_t& found = list->elems[j];
        if (found.err != RD_KAFKA_RESP_ERR_NO_ERROR)
          return KafkaError("committed offsets of " + name, found.err);
        if (found.offset >= 0) state_.groups[name].committed[{found.topic, found.partition}] = found.offset;
      }
    }
    return Ok();
  }

  rd_kafka_t* const client_;
  const MonoTime end_;
  const Queue answers_;
  std::int64_t Extent::*begin_ = &Extent::begin;
  std::int64_t Extent::*end_of_ = &Extent::end;
  ClusterState state_;
  int asked_ = 0;
};

}  // namespace

Result<ClusterState> ReadClusterState(const Cluster& cluster, const std::vector<std::string>& topics,
                                      const std::vector<std::string>& groups,
                                      std::chrono::milliseconds timeout) {
  Conf made = MakeConf(cluster, "state");
  // What it meets is its answer, and no line of the log for each try to connect.
  Set(made, "log_level", "0");
  auto client = MakeClient(RD_KAFKA_PRODUCER, std::move(made));
  if (!client) return client.error();
  return Look(client->get(), timeout).Take(topics, groups);
}

}  // namespace webhook::kafka
