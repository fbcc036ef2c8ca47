#pragma once

#include <string>
#include <vector>

namespace webhook {

// Who may call an operation.
struct Access {
  std::vector<std::string> scopes;  // of the API key, a session's too; each is needed
  bool by_key = false;
  bool by_session = false;  // a browser's
};

}  // namespace webhook
