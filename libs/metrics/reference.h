#pragma once

#include <string>

namespace webhook::metrics {

// The text of docs/metrics.md: every family, as Markdown.
std::string Reference();

}  // namespace webhook::metrics
