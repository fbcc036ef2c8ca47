#include "rpc/error_map.h"

#include <array>
#include <utility>

#include "core/encoding.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"

namespace webhook::rpc {
namespace {

struct Mapping {
  ErrorCode code;
  grpc::StatusCode grpc;
  int http;
};
constexpr std::array<Mapping, 11> kMap = {{
    {ErrorCode::kInvalid, grpc::StatusCode::INVALID_ARGUMENT, 422},
    {ErrorCode::kNotFound, grpc::StatusCode::NOT_FOUND, 404},
    {ErrorCode::kConflict, grpc::StatusCode::ALREADY_EXISTS, 409},
    {ErrorCode::kPrecondition, grpc::StatusCode::FAILED_PRECONDITION, 412},
    {ErrorCode::kUnauthenticated, grpc::StatusCode::UNAUTHENTICATED, 401},
    {ErrorCode::kDenied, grpc::StatusCode::PERMISSION_DENIED, 403},
    {ErrorCode::kLimited, grpc::StatusCode::RESOURCE_EXHAUSTED, 429},
    {ErrorCode::kTooLarge, grpc::StatusCode::INVALID_ARGUMENT, 413},
    {ErrorCode::kUnavailable, grpc::StatusCode::UNAVAILABLE, 503},
    {ErrorCode::kDeadline, grpc::StatusCode::DEADLINE_EXCEEDED, 504},
    {ErrorCode::kInternal, grpc::StatusCode::INTERNAL, 500},
}};
constexpr char kDomain[] = "webhook-platform";
constexpr int kRetrySeconds = 1;
// A status travels in trailers, of which clients take 8 KiB.
constexpr std::size_t kMaxText = 512;
constexpr std::size_t kMaxViolations = 3'000;  // bytes

Mapping Find(ErrorCode code) {
  for (const Mapping& mapping : kMap) {
    if (mapping.code == code) return mapping;
  }
  return kMap.back();
}

ErrorCode FromCode(grpc::StatusCode code) {
  switch (code) {
    case grpc::StatusCode::ABORTED:
      return ErrorCode::kConflict;
    case grpc::StatusCode::CANCELLED:
      return ErrorCode::kDeadline;
    default:
      break;
  }
  for (const Mapping& mapping : kMap) {
    if (mapping.grpc == code) return mapping.code;
  }
  return ErrorCode::kInternal;
}

}  // namespace

google::rpc::Status ToRpcStatus(const Error& error) {
  google::rpc::Status status;
  status.set_code(Find(error.code).grpc);
  const bool internal = error.code == ErrorCode::kInternal;
  status.set_message(internal ? "an error of ours; try again later" : ClipUtf8(error.message, kMaxText));
  google::rpc::ErrorInfo info;
  info.set_reason(internal ? "internal" : error.reason);
  info.set_domain(kDomain);
  status.add_details()->PackFrom(info);
  if (!error.violations.empty()) {
    google::rpc::BadRequest bad;
    for (const FieldViolation& violation : error.violations) {
      if (bad.ByteSizeLong() > kMaxViolations) break;
      auto* field = bad.add_field_violations();
      field->set_field(ClipUtf8(violation.pointer, kMaxText));
      field->set_description(ClipUtf8(violation.code + ": " + violation.detail, kMaxText));
    }
    status.add_details()->PackFrom(bad);
  }
  if (error.code == ErrorCode::kLimited || error.code == ErrorCode::kUnavailable) {
    google::rpc::RetryInfo retry;
    retry.mutable_retry_delay()->set_seconds(kRetrySeconds);
    status.add_details()->PackFrom(retry);
  }
  return status;
}

grpc::Status ToGrpc(const Error& error) {
  const google::rpc::Status status = ToRpcStatus(error);
  return {static_cast<grpc::StatusCode>(status.code()), status.message(), status.SerializeAsString()};
}

int ToHttpStatus(ErrorCode code) {
  return Find(code).http;
}

Error FromRpcStatus(const google::rpc::Status& status) {
  Error error{FromCode(static_cast<grpc::StatusCode>(status.code())), "", status.message()};
  for (const auto& detail : status.details()) {
    google::rpc::ErrorInfo info;
    google::rpc::BadRequest bad;
    if (detail.UnpackTo(&info)) error.reason = info.reason();
    if (!detail.UnpackTo(&bad)) continue;
    for (const auto& field : bad.field_violations()) {
      const std::string& text = field.description();
      const std::size_t colon = text.find(": ");
      const bool coded = colon != std::string::npos;
      error.violations.push_back(
          {field.field(), coded ? text.substr(0, colon) : "", coded ? text.substr(colon + 2) : text});
    }
  }
  return error;
}

Error FromGrpc(const grpc::Status& status) {
  google::rpc::Status told;
  if (!told.ParseFromString(status.error_details()) || told.code() != static_cast<int>(status.error_code())) {
    told.Clear();
    told.set_code(status.error_code());
    told.set_message(status.error_message());
  }
  Error error = FromRpcStatus(told);
  if (error.message.empty()) error.message = "gRPC status " + std::to_string(status.error_code());
  return error;
}

}  // namespace webhook::rpc
