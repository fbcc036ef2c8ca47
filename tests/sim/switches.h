#pragma once

#include "services/delivery-worker/engine/guards.h"

namespace webhook::sim {

// The guards of the engine, and those of the role that drives it. All on, but where a mutation takes one
// away.
struct Switches {
  Guards guards;
  bool revoke_commit = true;  // what is revoked is drained and committed first
  bool epoch_check = true;    // what answers a lane that was dropped is dropped
  bool claim = true;          // a new owner removes the settled mark first
  bool tail = true;           // a new owner reads the attempts
  bool commit_repeat = true;  // a commit that failed is repeated
  // The lease is asked for when a request is written, not only when it begins.
  bool lease_at_write = true;
  bool map = true;  // a commit says what is complete above its offset
};

}  // namespace webhook::sim
