#pragma once

namespace webhook::load {

// Microseconds.
struct Usage {
  double user = 0;
  double system = 0;
  double wall = 0;
};

// Processor time of the whole process, and the time that passed, from when it was made.
class CpuMeter {
 public:
  CpuMeter() : began_(Read()) {}
  Usage Used() const {
    const Usage now = Read();
    return {now.user - began_.user, now.system - began_.system, now.wall - began_.wall};
  }

 private:
  static Usage Read();

  Usage began_;
};

}  // namespace webhook::load
