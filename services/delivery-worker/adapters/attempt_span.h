#pragma once

#include <optional>

#include "domain/attempt_record.h"
#include "domain/event.h"
#include "trace/span.h"

namespace webhook {

// The span of one request to an endpoint: the first of its kind in the trace that all attempts of the
// delivery share, with a link to the publish of its event (ADR 0017). nullopt: there was no request, or the
// event's trace is not sampled. Pure.
std::optional<trace::Span> AttemptSpan(const AttemptRecord& record, const Event& event, double sample_ratio);

}  // namespace webhook
