#include "rpc/internal/grpc_log.h"

#include <grpc/support/log.h>

#include <mutex>
#include <string_view>

#include "log/log.h"

namespace webhook::rpc {
namespace {

void OnMessage(gpr_log_func_args* message) {
  const std::string_view text = message->message;
  if (text.find("andshake") != std::string_view::npos) {
    log::Warn("rpc.handshake_failed", {{"error", text}});
  } else if (message->severity == GPR_LOG_SEVERITY_ERROR) {
    log::Warn("rpc.warned", {{"detail", text}});
  } else {
    log::Debug("rpc.said", {{"detail", text}});
  }
}

}  // namespace

void RouteGrpcLog() {
  static std::once_flag once;
  std::call_once(once, [] { gpr_set_log_function(&OnMessage); });
}

}  // namespace webhook::rpc
