#pragma once

namespace webhook {

// What keeps the engine's promises. Every product path leaves all of them on; tests/sim takes them away one
// by one, to see that its checks notice.
struct Guards {
  bool drop_duplicates = true;         // of an attempt that was executed, of an event that was fanned out
  bool wait_before_attempt = true;     // a retry is appended before the record of the attempt that it follows
  bool effects_before_done = true;     // a record is marked done only when its effects are acknowledged
  bool lease = true;                   // nothing is sent unless the broker has confirmed the ownership
  bool inherited_rates = true;         // rate windows survive a takeover
  bool reserved_slots = true;          // what is parked comes back at a time of its own
  bool ended_is_over = true;           // what comes for a delivery that has ended is dropped
  bool other_clocks = true;            // what an earlier owner sent counts as late as its clock allows
  bool parked_is_no_duplicate = true;  // what comes back while its parking is being recorded goes on
  bool own_faults_are_free = true;     // a fault of our own uses up no attempt
  bool config_barrier =
      true;  // no older webhooks than at its publishing match an event, while the registry answers
  bool wait_for_copy = true;   // no older webhooks than at its event's publishing judge a delivery
  bool pending_counts = true;  // a request under way counts against the rate limit, wherever it is
};

}  // namespace webhook
