#include "services/registry/store/log_rows.h"

#include <algorithm>
#include <map>
#include <tuple>
#include <unordered_set>

namespace webhook::store {
namespace {

auto Order(const AttemptRecord& record) {
  const int rank = RankOf(record);
  return std::tuple(record.run, rank == 3, record.state == DeliveryState::kDelivered, record.attempt, rank);
}

std::string Number(std::int64_t number) {
  return '\0' + std::to_string(number);
}

template <typename T, typename KeyOfRow>
std::vector<const T*> FirstOfEach(const std::vector<const T*>& rows, const KeyOfRow& key_of) {
  std::unordered_set<std::string> seen;
  seen.reserve(rows.size());
  std::vector<const T*> distinct;
  distinct.reserve(rows.size());
  for (const T* row : rows) {
    if (seen.insert(key_of(*row)).second) distinct.push_back(row);
  }
  return distinct;
}

}  // namespace

int RankOf(const AttemptRecord& record) {
  if (record.state == DeliveryState::kPending) return 0;
  if (record.state == DeliveryState::kWaiting) return record.requested ? 2 : 1;
  return 3;
}

std::string KeyOf(const AccountId& account, const EventId& event, WallTime accepted_at) {
  return account.str() + '\0' + event.str() + Number(accepted_at.time_since_epoch().count());
}

std::string KeyOf(const DeliveryId& delivery, WallTime accepted_at) {
  return delivery.str() + Number(accepted_at.time_since_epoch().count());
}

std::string KeyOf(const AttemptRecord& record) {
  return KeyOf(record.delivery_id, record.accepted_at) + Number(record.run) + Number(record.attempt) +
         Number(record.started_at.time_since_epoch().count());
}

std::string KeptNotification(const NotificationId& id, const AccountId& account, const EventId& event) {
  return id == DeriveNotificationId(account, event) ? std::string() : id.str();
}

NotificationId NotificationOf(const std::string& kept, const AccountId& account, const EventId& event) {
  return kept.empty() ? DeriveNotificationId(account, event) : NotificationId(kept);
}

std::vector<const Event*> DistinctEvents(const std::vector<const Event*>& events) {
  return FirstOfEach(events,
                     [](const Event& event) { return KeyOf(event.account, event.id, event.accepted_at); });
}

Records DistinctRequests(const Records& records) {
  Records requests;
  requests.reserve(records.size());
  std::copy_if(records.begin(), records.end(), std::back_inserter(requests),
               [](const AttemptRecord* record) { return record->requested; });
  return FirstOfEach(requests, [](const AttemptRecord& record) { return KeyOf(record); });
}

Records FurthestOn(const Records& records) {
  std::unordered_map<std::string, std::size_t> places;
  places.reserve(records.size());
  Records furthest;
  furthest.reserve(records.size());
  for (const AttemptRecord* record : records) {
    const auto [place, fresh] =
        places.try_emplace(KeyOf(record->delivery_id, record->accepted_at), furthest.size());
    if (fresh) {
      furthest.push_back(record);
    } else if (Order(*record) >= Order(*furthest[place->second])) {
      furthest[place->second] = record;
    }
  }
  return furthest;
}

std::vector<HealthStep> HealthOf(const Records& records) {
  Records told;
  std::copy_if(records.begin(), records.end(), std::back_inserter(told), [](const AttemptRecord* record) {
    return record->requested && record->kind != DeliveryKind::kTest;
  });
  std::map<std::string_view, HealthStep> steps;
  for (const AttemptRecord* record : told) {
    HealthStep& step = steps[record->webhook_id.view()];
    step.webhook = record->webhook_id.view();
    step.account = &record->account;
    if (record->state == DeliveryState::kDelivered) {
      step.last_success = std::max(step.last_success, std::optional(record->started_at));
    } else if (step.newest_failure == nullptr || record->started_at >= step.newest_failure->started_at) {
      step.newest_failure = record;
    }
  }
  // A webhook's attempts come in the order in which they ended, which is not that in which they began.
  for (const AttemptRecord* record : told) {
    HealthStep& step = steps[record->webhook_id.view()];
    const bool failed_since = record->state != DeliveryState::kDelivered &&
                              (!step.last_success || record->started_at > *step.last_success);
    if (failed_since && (!step.failing_since || record->started_at < *step.failing_since))
      step.failing_since = record->started_at;
  }
  std::vector<HealthStep> all;
  all.reserve(steps.size());
  for (const auto& [webhook, step] : steps) all.push_back(step);
  return all;
}

}  // namespace webhook::store
