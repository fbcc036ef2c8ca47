#pragma once

#include <memory>

#include "core/guarded.h"
#include "core/places.h"
#include "domain/ids.h"

namespace webhook {

// How many calls may do something long at once, of all accounts and of one: what holds a thread or a
// connection to the database for seconds leaves some to the others. From any thread.
class CallPlaces {
 public:
  CallPlaces(int most, std::size_t most_of_account) : most_(most), of_account_(most_of_account) {}

  // Held until it is destroyed; outlived by these. Null: there is none free.
  [[nodiscard]] std::shared_ptr<void> Take(const AccountId& account);

 private:
  struct OfAccounts : Places<std::string> {
    using Places::Places;
    int all = 0;
  };

  const int most_;
  Guarded<OfAccounts> of_account_;
};

}  // namespace webhook
