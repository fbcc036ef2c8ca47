#include "services/registry/api/operations/call_places.h"

namespace webhook {

std::shared_ptr<void> CallPlaces::Take(const AccountId& account) {
  auto taken = of_account_.Lock();
  if (taken->all >= most_ || !taken->Enter(account.str())) return nullptr;
  ++taken->all;
  return {this, [account](CallPlaces* places) {
            auto left = places->of_account_.Lock();
            left->Leave(account.str());
            --left->all;
          }};
}

}  // namespace webhook
