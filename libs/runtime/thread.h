#pragma once

#include <functional>
#include <string>
#include <thread>

namespace webhook::runtime {

// A named thread (seen in gdb and top) that its owner joins. An exception that leaves the body ends the
// process: a thread that dies silently would leave a service that is up and does nothing.
class Thread {
 public:
  Thread() = default;
  // Name: at most 15 characters.
  Thread(std::string name, std::function<void()> body);
  Thread(Thread&&) = default;
  Thread& operator=(Thread&&) = default;
  ~Thread();  // joins

  void Join();

 private:
  std::thread thread_;
};

}  // namespace webhook::runtime
