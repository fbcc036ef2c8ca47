#pragma once

#include <memory>
#include <string>

#include "core/result.h"
#include "http/server.h"
#include "metrics/metrics.h"
#include "runtime/health.h"

namespace webhook::http {

// GET /metrics /healthz /readyz /startupz /buildz of a service. health and metrics must outlive the server.
Result<std::unique_ptr<Server>> StartAdminServer(const std::string& address, const std::string& service,
                                                 const runtime::Health& health, metrics::Registry& metrics);

// --healthcheck: asks /readyz of the address, host:port; Ok where it answers 200. Blocks for seconds at most.
Status CheckReady(const std::string& address);

}  // namespace webhook::http
