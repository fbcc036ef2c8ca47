#pragma once

#include <string>
#include <utility>
#include <vector>

#include "core/result.h"
#include "http/address_guard.h"
#include "http/server.h"
#include "metrics/metrics.h"
#include "services/registry/api/operations/operation_runner.h"
#include "services/registry/api/rest/rest_metrics.h"

namespace webhook::rest {

// REST /v2: finds the operation of a request in the document, reads its query, body and headers, has it run,
// and answers with JSON or a problem (RFC 9457). From any thread; blocks.
class RestApi {
 public:
  // The runner and the registry outlive it.
  RestApi(const OperationRunner& runner, std::vector<http::Cidr> trusted_proxies, metrics::Registry& metrics)
      : runner_(runner), trusted_proxies_(std::move(trusted_proxies)), metrics_(metrics, runner.document()) {}

  http::Response Handle(const http::Request& request);
  // What the server refuses before it is a request of ours; does not block.
  static http::Response Refuse(const http::Request& so_far, int status, const std::string& code,
                               const std::string& detail);

 private:
  http::Response Serve(const Document::Found& found, const http::Request& request,
                       const std::string& request_id) const;
  http::Response ServeOpen(const Operation& operation) const;
  Result<Input> ReadInput(const Operation& operation, const std::string& id,
                          const http::Request& request) const;

  const OperationRunner& runner_;
  const std::vector<http::Cidr> trusted_proxies_;
  RestMetrics metrics_;
};

}  // namespace webhook::rest
