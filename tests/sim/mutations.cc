#include "tests/sim/mutations.h"

#include <cstdio>

#include "tests/sim/run_seed.h"

namespace webhook::sim {

const std::vector<Mutation>& AllMutations() {
  static const std::vector<Mutation> kAll = {
      {"drop_duplicates", "duplicates of an attempt, or of an event, are dropped",
       [](Switches* s) { s->guards.drop_duplicates = false; }},
      {"wait_before_attempt", "the retry is appended before the attempt's record",
       [](Switches* s) { s->guards.wait_before_attempt = false; }},
      {"effects_before_done", "done only when its effects are acknowledged",
       [](Switches* s) { s->guards.effects_before_done = false; }},
      {"lease", "nothing is sent outside of the lease", [](Switches* s) { s->guards.lease = false; }},
      {"inherited_rates", "rate windows survive a takeover",
       [](Switches* s) { s->guards.inherited_rates = false; }},
      {"reserved_slots", "what is parked comes back at a time of its own",
       [](Switches* s) { s->guards.reserved_slots = false; }},
      {"parked_is_no_duplicate", "what comes back while its parking is being recorded goes on",
       [](Switches* s) { s->guards.parked_is_no_duplicate = false; }},
      {"ended_is_over", "what comes for a delivery that has ended is dropped",
       [](Switches* s) { s->guards.ended_is_over = false; }},
      {"other_clocks", "what an earlier owner sent counts as late as its clock allows",
       [](Switches* s) { s->guards.other_clocks = false; }},
      {"own_faults_are_free", "a fault of our own uses up no attempt",
       [](Switches* s) { s->guards.own_faults_are_free = false; }},
      {"config_barrier", "events meet no older webhooks than at their publishing",
       [](Switches* s) { s->guards.config_barrier = false; }},
      {"wait_for_copy", "a delivery meets no older webhooks than its event",
       [](Switches* s) { s->guards.wait_for_copy = false; }},
      {"pending_counts", "a request under way counts against the limit",
       [](Switches* s) { s->guards.pending_counts = false; }},
      {"revoke_commit", "what is revoked is drained and committed",
       [](Switches* s) { s->revoke_commit = false; }},
      {"epoch_check", "answers to a lane that is gone are dropped",
       [](Switches* s) { s->epoch_check = false; }},
      {"claim", "a new owner removes the settled mark", [](Switches* s) { s->claim = false; }},
      {"tail", "a new owner reads the attempts", [](Switches* s) { s->tail = false; }},
      {"map", "a commit tells what is done above its offset", [](Switches* s) { s->map = false; }},
      {"commit_repeat", "a commit that failed is repeated", [](Switches* s) { s->commit_repeat = false; }},
      {"lease_at_write", "the lease is asked when a request is written",
       [](Switches* s) { s->lease_at_write = false; }},
  };
  return kAll;
}

int RunMutations(const std::string& name, std::uint64_t from, std::uint64_t seeds) {
  int unnoticed = 0;
  bool found = false;
  std::printf("%-20s %7s  %-10s %s\n", "taken away", "seeds", "noticed as", "what it is for");
  for (const Mutation& mutation : AllMutations()) {
    if (name != "all" && name != mutation.name) continue;
    found = true;
    Switches switches;
    mutation.apply(&switches);
    std::uint64_t tried = 0;
    std::string noticed = "-";
    while (tried < seeds && noticed == "-") {
      const Outcome outcome = RunSeed(from + tried, switches, false);
      ++tried;
      if (outcome.failure) noticed = outcome.failure->invariant;
    }
    if (noticed == "-") ++unnoticed;
    std::printf("%-20s %7llu  %-10s %s\n", mutation.name, static_cast<unsigned long long>(tried),
                noticed.c_str(), mutation.takes_away);
    std::fflush(stdout);
  }
  if (!found) {
    std::printf("no such mutation: %s\n", name.c_str());
    return 2;
  }
  return unnoticed == 0 ? 0 : 1;
}

}  // namespace webhook::sim
