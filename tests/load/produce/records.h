#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace webhook::load {

struct Record {
  std::string key;
  std::string value;
};

// The records that event-ingest would make of load-publish's first `count` events; of no more than there is
// memory to spare for: a load takes them in turns. At least one.
std::vector<Record> MakeRecords(std::uint64_t count, std::size_t data_bytes);

}  // namespace webhook::load
