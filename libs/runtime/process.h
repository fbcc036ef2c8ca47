#pragma once

namespace webhook::runtime {

// The process holds keys and secrets: from here on it leaves no core file, and nobody but root can look into
// its memory.
void ForbidDumps();

}  // namespace webhook::runtime
