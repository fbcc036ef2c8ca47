#pragma once

#include "core/result.h"
#include "services/registry/api/operations/account_calls.h"
#include "services/registry/api/operations/call.h"
#include "services/registry/api/operations/document.h"
#include "services/registry/store/idempotency.h"

namespace webhook {

// Runs the operations of the document, for REST and gRPC alike:
//   key, scope, budget (AccountCalls) -> all mistakes of the input -> earlier answer to its Idempotency-Key
//   -> handler -> audit log -> commit
//   -> what is left to do after it.
// From any thread; blocks.
class OperationRunner {
 public:
  struct Parts {
    AccountCalls& calls;
    const store::IdempotentAnswers& answers;
    const Document& document;
    Handlers handlers;  // one for each operation of the document that needs a key
  };
  explicit OperationRunner(Parts parts);

  const Document& document() const { return parts_.document; }

  // `input`: what could not be read at all is told to those alone whose key is good. `budget`: as
  // AccountCalls::Run().
  Result<Reply> Run(const Operation& operation, const Caller& caller, const Result<Input>& input,
                    CallBudget::Answer* budget = nullptr) const;

 private:
  std::vector<FieldViolation> Check(const Call& call) const;
  Result<Reply> RunOnce(const Call& call) const;
  Result<Reply> Handle(const Call& call) const;

  const Parts parts_;
};

}  // namespace webhook
