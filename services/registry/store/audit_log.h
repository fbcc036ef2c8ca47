#pragma once

#include <string>
#include <vector>

#include "core/time.h"
#include "domain/ids.h"
#include "services/registry/store/tx.h"

namespace webhook::store {

// One change, by whom.
struct AuditEntry {
  std::string id;  // "audit_…", in the order of time
  WallTime at{};
  std::string actor;           // an API key's id, "operator" or "platform"
  std::string action;          // "updateWebhook": the operation's id in the API's description
  std::string object;          // id of what was changed
  std::string request_id;      // empty: none
  std::string remote_address;  // likewise
};

// `entry` without id and time: they are given here.
void AddAudit(Tx& tx, const AccountId& account, const AuditEntry& entry);
// Newest first; `object`: only changes of it, empty: all; `before`: only older ids, empty: from the newest.
std::vector<AuditEntry> ListAudit(Tx& tx, const AccountId& account, const std::string& object,
                                  const std::string& before, int limit);

}  // namespace webhook::store
