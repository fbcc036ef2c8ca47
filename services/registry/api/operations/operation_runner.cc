#include "services/registry/api/operations/operation_runner.h"

#include <algorithm>
#include <utility>

#include "core/check.h"

namespace webhook {
namespace {

using nlohmann::ordered_json;

constexpr std::size_t kMaxIdempotencyKey = 255;

bool IsIdempotencyKey(const std::string& key) {
  return !key.empty() && key.size() <= kMaxIdempotencyKey &&
         std::all_of(key.begin(), key.end(), [](char c) { return c > 0x20 && c < 0x7F; });
}

// The call as text: what makes it another one.
std::string Describe(const Call& call) {
  return ordered_json{call.operation.id, call.in.key.id.str(), call.id(),
                      call.input.query,  call.body(),          call.input.if_revision.value_or(-1)}
      .dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

// The body's member that a pointer leads into.
std::string MemberOf(const std::string& pointer) {
  return nlohmann::json::json_pointer(pointer.substr(0, pointer.find('/', 1))).back();
}

std::string Pack(const Reply& reply) {
  return ordered_json{{"status", reply.status}, {"json", reply.json}, {"headers", reply.headers}}.dump(
      -1, ' ', false, ordered_json::error_handler_t::replace);
}

Reply Unpack(const std::string& text) {
  const auto packed = ordered_json::parse(text);
  Reply reply;
  reply.status = packed.at("status").get<int>();
  reply.json = packed.at("json");
  packed.at("headers").get_to(reply.headers);
  reply.headers.emplace_back("Idempotent-Replayed", "true");
  return reply;
}

}  // namespace

OperationRunner::OperationRunner(Parts parts) : parts_(std::move(parts)) {
  for (const Operation& operation : parts_.document.operations())
    CHECK(operation.open || parts_.handlers.contains(operation.id),
          "an operation of the document has no handler");
}

Result<Reply> OperationRunner::Run(const Operation& operation, const Caller& caller,
                                   const std::function<Result<Input>()>& read,
                                   CallBudget::Answer* budget) const {
  auto reply = parts_.calls.Run<Reply>(
      operation.id.c_str(), caller, operation.access,
      [&](AccountCall& in) -> Result<Reply> {
        const Result<Input> input = read();
        if (!input) return input.error();
        const Call call{in, operation, *input};
        if (auto violations = Check(call); !violations.empty()) return InvalidError(std::move(violations));
        return RunOnce(call);
      },
      budget);
  if (reply && reply->after_commit) {
    if (Status done = reply->after_commit(&*reply); !done) return done.error();
  }
  return reply;
}

std::vector<FieldViolation> OperationRunner::Check(const Call& call) const {
  const Handler& handler = parts_.handlers.at(call.operation.id);
  std::vector<FieldViolation> violations = call.input.violations;
  if (!handler.check) return violations;
  Input rest = call.input;
  for (const FieldViolation& violation : violations) {
    const std::string& pointer = violation.pointer;
    if (pointer.size() <= 1) continue;
    const std::string name = MemberOf(pointer);
    if (rest.body.is_object()) rest.body.erase(name);
    rest.query.erase(name);
  }
  const auto more = handler.check({call.in, call.operation, rest});
  violations.insert(violations.end(), more.begin(), more.end());
  return violations;
}

Result<Reply> OperationRunner::RunOnce(const Call& call) const {
  const auto& key = call.input.idempotency_key;
  if (!key || !call.operation.takes_idempotency_key) return Handle(call);
  if (!IsIdempotencyKey(*key))
    return InvalidError(
        {{"/Idempotency-Key", "bad_header", "must be given once, 1 to 255 printable characters"}});
  const std::string request = Describe(call);
  auto earlier = parts_.answers.Begin(call.tx(), call.account(), *key, request);
  if (!earlier) return earlier.error();
  if (*earlier) return Unpack(**earlier);
  auto reply = Handle(call);
  if (reply) parts_.answers.Finish(call.tx(), call.account(), *key, request, Pack(*reply));
  return reply;
}

Result<Reply> OperationRunner::Handle(const Call& call) const {
  auto reply = parts_.handlers.at(call.operation.id).run(call);
  if (reply && !reply->object.empty()) call.in.Audit(call.operation.id, reply->object);
  return reply;
}

}  // namespace webhook
