#pragma once

#include <optional>

#include "domain/event.h"
#include "services/event-ingest/publish/publisher.h"
#include "trace/span.h"

namespace webhook {

// The span of one publish: from the call, at which the event was accepted, to the answer of the event log.
// nullopt: its trace is not sampled. Pure.
std::optional<trace::Span> BeginPublishSpan(const Event& event, double sample_ratio);
// What became of it.
void EndPublishSpan(const Publisher::Answer& answer, WallTime now, trace::Span* span);

}  // namespace webhook
