#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "core/time.h"
#include "webhook/v1/ingest.pb.h"

namespace webhook::load {

// The events of a load: the n-th one's account and type follow from n, its data is a JSON object of
// `data_bytes` like an order's, whose first member "sent_us" tells when it was to be sent. From any thread.
class EventMaker {
 public:
  // At least one account and one type; data of 256 bytes at least.
  EventMaker(std::vector<std::string> accounts, std::vector<std::string> types, std::size_t data_bytes);

  // Neighbours are of different accounts; an account's events are of all types in turn.
  void Fill(std::uint64_t n, WallTime sent, v1::Event* event) const;

 private:
  const std::vector<std::string> accounts_;
  const std::vector<std::string> types_;
  std::string data_;  // with zeroes where the numbers belong
};

}  // namespace webhook::load
