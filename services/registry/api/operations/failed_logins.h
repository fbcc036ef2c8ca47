#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <map>
#include <optional>
#include <string>

#include "core/time.h"

namespace webhook {

// Counts refused credentials by where they came from, so that keys cannot be guessed in bulk. Pure; no lock.
class FailedLogins {
 public:
  static constexpr std::size_t kMost = 20;  // of one address within kWindow
  static constexpr std::chrono::seconds kWindow{60};

  // How long the address has to wait before it is asked again; nullopt: not at all.
  std::optional<std::chrono::seconds> Wait(const std::string& address, MonoTime now);
  void Note(const std::string& address, MonoTime now);

 private:
  std::map<std::string, std::deque<MonoTime>> failures_;  // of the last kWindow
};

}  // namespace webhook
