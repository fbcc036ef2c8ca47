#pragma once

#include <cstddef>

#include "tests/load/egress/cpu_meter.h"
#include "tests/load/egress/scenario.h"

namespace webhook::load {

// How far a sender is in a scenario: first its warm-up, wholly answered, then what is measured. One thread.
class Progress {
 public:
  explicit Progress(const Scenario& scenario) : scenario_(scenario), wanted_(scenario.warm_up()) {}

  // True: one more request is to be sent now; it counts as sent.
  bool StartNext() {
    if (started_ == wanted_ || started_ - answered_ >= scenario_.in_flight) return false;
    ++started_;
    return true;
  }
  void Answered(int status) {
    ++answered_;
    if (status != 200) ++failed_;
    if (answered_ != wanted_) return;
    if (measuring_) {
      usage_ = meter_.Used();
      done_ = true;
    } else {
      measuring_ = true;
      wanted_ += scenario_.requests;
      meter_ = CpuMeter();
    }
  }

  bool done() const { return done_; }
  std::size_t sent() const { return started_; }
  std::size_t failed() const { return failed_; }
  // REQUIRES: done().
  const Usage& usage() const { return usage_; }

 private:
  const Scenario scenario_;
  std::size_t wanted_;
  std::size_t started_ = 0;
  std::size_t answered_ = 0;
  std::size_t failed_ = 0;
  bool measuring_ = false;
  bool done_ = false;
  CpuMeter meter_;
  Usage usage_;
};

}  // namespace webhook::load
