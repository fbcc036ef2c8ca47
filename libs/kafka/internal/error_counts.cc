#include "kafka/internal/error_counts.h"

#include <array>

#include "metrics/families.h"

namespace webhook::kafka {
namespace {

constexpr std::array kOperations = {std::pair(Doing::kConnect, "connect"),
                                    std::pair(Doing::kProduce, "produce"), std::pair(Doing::kFetch, "fetch"),
                                    std::pair(Doing::kCommit, "commit")};

}  // namespace

std::string_view ErrorClass(rd_kafka_resp_err_t code) {
  switch (code) {
    case RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN:
      return "all_down";
    case RD_KAFKA_RESP_ERR__TRANSPORT:
    case RD_KAFKA_RESP_ERR__RESOLVE:
    case RD_KAFKA_RESP_ERR_NETWORK_EXCEPTION:
    case RD_KAFKA_RESP_ERR_BROKER_NOT_AVAILABLE:
      return "unreachable";
    case RD_KAFKA_RESP_ERR__TIMED_OUT:
    case RD_KAFKA_RESP_ERR__TIMED_OUT_QUEUE:
    case RD_KAFKA_RESP_ERR__MSG_TIMED_OUT:
    case RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT:
      return "timeout";
    case RD_KAFKA_RESP_ERR__AUTHENTICATION:
    case RD_KAFKA_RESP_ERR__SSL:
    case RD_KAFKA_RESP_ERR_SASL_AUTHENTICATION_FAILED:
    case RD_KAFKA_RESP_ERR_UNSUPPORTED_SASL_MECHANISM:
      return "authentication";
    case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED:
      return "authorization";
    case RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC:
    case RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION:
    case RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART:
      return "topic";
    case RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE:
    case RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION:
    case RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS:
    case RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS_AFTER_APPEND:
      return "replicas";
    case RD_KAFKA_RESP_ERR_REBALANCE_IN_PROGRESS:
    case RD_KAFKA_RESP_ERR_ILLEGAL_GENERATION:
    case RD_KAFKA_RESP_ERR_UNKNOWN_MEMBER_ID:
    case RD_KAFKA_RESP_ERR__ASSIGNMENT_LOST:
    case RD_KAFKA_RESP_ERR__MAX_POLL_EXCEEDED:
      return "membership";
    case RD_KAFKA_RESP_ERR__QUEUE_FULL:
      return "queue_full";
    case RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE:
      return "too_large";
    case RD_KAFKA_RESP_ERR__FATAL:
      return "fatal";
    default:
      return "other";
  }
}

ErrorCounts::ErrorCounts(metrics::Registry* registry) {
  if (registry == nullptr) return;
  for (const auto& [doing, op] : kOperations) {
    for (const std::string& error : metrics::ValuesOf(metrics::kKafkaErrors.labels[1]))
      counters_.emplace(std::pair(doing, error),
                        registry->Make(metrics::kKafkaErrors, {{"op", op}, {"error", error}}));
  }
}

void ErrorCounts::Count(Doing doing, rd_kafka_resp_err_t code) const {
  const auto counter = counters_.find({doing, std::string(ErrorClass(code))});
  if (counter != counters_.end()) counter->second.Add();
}

}  // namespace webhook::kafka
