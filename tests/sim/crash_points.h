#pragma once

namespace webhook::sim {

// Three events for two webhooks, each delivery failing twice and then succeeding, one worker: ends the worker
// right before and right after each single effect, and at each pair of effects. 0: all held.
int RunCrashPoints();

}  // namespace webhook::sim
