#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "core/guarded.h"

namespace webhook::runtime {

// What /healthz, /readyz and /startupz answer. All methods from any thread.
class Health {
 public:
  // A part that must be up before the service is ready. Not up at first.
  void Require(const std::string& part);
  void SetUp(const std::string& part, bool up, std::string why_not = "");
  // Readiness goes off for good.
  void BeginDrain();

  bool ready() const;
  // True once every part was up at the same time.
  bool started() const;
  // "kafka: connection refused" for each part that is not up; "draining".
  std::vector<std::string> problems() const;

 private:
  struct Part {
    bool up = false;
    std::string why_not = "starting";
  };
  struct State {
    std::map<std::string, Part> parts;
    bool draining = false;
    bool started = false;
  };
  Guarded<State> state_;
};

}  // namespace webhook::runtime
