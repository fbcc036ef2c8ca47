#include "rpc/internal/call_counter.h"

#include <google/protobuf/descriptor.h>

#include <array>
#include <atomic>
#include <chrono>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "core/check.h"
#include "core/time.h"
#include "metrics/families.h"
#include "runtime/clock.h"

namespace webhook::rpc {
namespace {

using grpc::experimental::InterceptionHookPoints;
using grpc::experimental::ServerRpcInfo;

// As the ecosystem spells them, by number.
constexpr std::array kCodes = {
    "OK",       "Canceled",       "Unknown",          "InvalidArgument",   "DeadlineExceeded",
    "NotFound", "AlreadyExists",  "PermissionDenied", "ResourceExhausted", "FailedPrecondition",
    "Aborted",  "OutOfRange",     "Unimplemented",    "Internal",          "Unavailable",
    "DataLoss", "Unauthenticated"};

// The time series of one method; those of a code from its first call on.
class Method {
 public:
  // `path`: "/package.Service/Method".
  Method(metrics::Registry& registry, std::string_view path)
      : registry_(registry),
        labels_{{"grpc_service", std::string(path.substr(1, path.rfind('/') - 1))},
                {"grpc_method", std::string(path.substr(path.rfind('/') + 1))}},
        seconds_(registry.Make(metrics::kGrpcHandling, labels_)) {
    Count(grpc::StatusCode::OK, 0);
  }

  void Count(grpc::StatusCode code, double n) {
    const auto number = static_cast<std::size_t>(code);
    const std::size_t known = number < kCodes.size() ? number : static_cast<std::size_t>(grpc::UNKNOWN);
    std::call_once(made_[known], [&] {
      metrics::Labels labels = labels_;
      labels["grpc_code"] = kCodes[known];
      handled_[known].emplace(registry_.Make(metrics::kGrpcHandled, labels));
    });
    handled_[known]->Add(n);
  }
  void Observe(std::chrono::microseconds time) const {
    seconds_.Observe(std::chrono::duration<double>(time).count());
  }

 private:
  metrics::Registry& registry_;
  const metrics::Labels labels_;
  metrics::Histogram seconds_;
  std::array<std::once_flag, kCodes.size()> made_;
  std::array<std::optional<metrics::Counter>, kCodes.size()> handled_;
};

constexpr std::array kOfEachServer = {"/grpc.health.v1.Health/Check", "/grpc.health.v1.Health/Watch",
                                      "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo"};
constexpr std::string_view kUnknown = "/unknown/unknown";

// One call. A call that ends without a status has been cancelled by its caller.
class Call final : public grpc::experimental::Interceptor {
 public:
  Call(Method& method, bool timed) : method_(method), timed_(timed), begun_(runtime::ReadClock().mono) {}
  ~Call() override {
    method_.Count(code_, 1);
    if (timed_) method_.Observe(runtime::ReadClock().mono - begun_);
  }

  void Intercept(grpc::experimental::InterceptorBatchMethods* methods) override {
    if (methods->QueryInterceptionHookPoint(InterceptionHookPoints::PRE_SEND_STATUS))
      code_ = methods->GetSendStatus().error_code();
    methods->Proceed();
  }

 private:
  Method& method_;
  const bool timed_;
  const MonoTime begun_;
  grpc::StatusCode code_ = grpc::StatusCode::CANCELLED;
};

class CallCounter final : public grpc::experimental::ServerInterceptorFactoryInterface {
 public:
  CallCounter(metrics::Registry& registry, const std::vector<std::string>& services) : registry_(registry) {
    for (const std::string_view path : kOfEachServer) methods_.emplace(path, nullptr);
    methods_.emplace(kUnknown, nullptr);
    for (const std::string& name : services) {
      const auto* service = google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(name);
      CHECK(service != nullptr, "a service that is offered is described");
      for (int i = 0; i < service->method_count(); ++i)
        methods_.emplace("/" + name + "/" + service->method(i)->name(), nullptr);
    }
  }

  grpc::experimental::Interceptor* CreateServerInterceptor(ServerRpcInfo* info) override {
    // How long a stream lasts says nothing.
    return new Call(Of(info->method()), info->type() == ServerRpcInfo::Type::UNARY);
  }

 private:
  // Interceptors see calls of any path, also of one that nobody offers.
  Method& Of(std::string_view path) {
    const std::scoped_lock lock(mutex_);
    auto found = methods_.find(path);
    if (found == methods_.end()) found = methods_.find(kUnknown);
    if (!found->second) found->second = std::make_unique<Method>(registry_, found->first);
    return *found->second;
  }

  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
  };

  metrics::Registry& registry_;
  std::mutex mutex_;
  // All that may be counted; null until the first call.
  std::unordered_map<std::string, std::unique_ptr<Method>, Hash, std::equal_to<>> methods_;
};

}  // namespace

std::unique_ptr<grpc::experimental::ServerInterceptorFactoryInterface> MakeCallCounter(
    metrics::Registry& registry, const std::vector<std::string>& services) {
  return std::make_unique<CallCounter>(registry, services);
}

}  // namespace webhook::rpc
