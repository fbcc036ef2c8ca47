#pragma once

#include <functional>

#include "core/result.h"
#include "services/registry/api/operations/account_calls.h"
#include "services/registry/api/operations/call.h"
#include "services/registry/api/operations/document.h"
#include "services/registry/store/idempotency.h"

namespace webhook {

// Runs the operations of the document, for REST and gRPC alike:
//   key, scope, budget (AccountCalls) -> reading the input -> all of its mistakes -> earlier answer to its
//   Idempotency-Key
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

  // `read`: called at most once, and for those alone whose key is good: nobody else is worth the work.
  // `budget`: as AccountCalls::Run().
  Result<Reply> Run(const Operation& operation, const Caller& caller,
                    const std::function<Result<Input>()>& read, CallBudget::Answer* budget = nullptr) const;

 private:
  std::vector<FieldViolation> Check(const Call& call) const;
  Result<Reply> RunOnce(const Call& call) const;
  Result<Reply> Handle(const Call& call) const;

  const Parts parts_;
};

}  // namespace webhook
