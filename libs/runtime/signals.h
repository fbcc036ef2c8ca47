#pragma once

#include <functional>

namespace webhook::runtime {

// Blocks SIGTERM, SIGINT (and ignores SIGPIPE) for the calling thread and all that it starts. First thing in
// main.
void BlockSignals();

// Waits for SIGTERM or SIGINT and returns its number. A second one while the process drains ends it at once
// with exit code 1.
int WaitForShutdown();

// Makes WaitForShutdown() return 0 as if asked from inside: a supervised part has ended that must not.
void RequestShutdown();

}  // namespace webhook::runtime
