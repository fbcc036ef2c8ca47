#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/time.h"
#include "kafka/consumer.h"

// Records of webhook.poison as an operator is shown them. Pure.
namespace webhook {

struct PoisonEntry {
  std::int32_t partition = 0;  // of webhook.poison, with the offset
  std::int64_t offset = 0;
  WallTime at{};
  std::optional<kafka::TopicPartition> source;  // where it was found; nullopt: it is no record of ours
  std::int64_t source_offset = 0;
  std::string reason;
  std::string key;        // printable
  std::int64_t size = 0;  // of the value, as far as it was kept
  std::string excerpt;    // the value's first bytes, at most kPoisonExcerpt
};
constexpr std::size_t kPoisonExcerpt = 1'024;

PoisonEntry ToPoisonEntry(const kafka::ConsumedRecord& record);

// Bytes with a dot for each that is no printable ASCII character.
std::string Printable(std::string_view bytes);

// Partition -> the offset before which a list goes on.
using PoisonBounds = std::map<std::int32_t, std::int64_t>;
std::string FormatBounds(const PoisonBounds& bounds);
// nullopt: the text is none of FormatBounds().
std::optional<PoisonBounds> ParseBounds(const std::string& text);

// The newest of the entries, at most `most`: of the partitions' last ones that which is newest, again and
// again. Moves the bounds down to what was taken. `entries`: each partition's, ascending by offset.
std::vector<PoisonEntry> TakeNewest(std::map<std::int32_t, std::vector<PoisonEntry>> entries,
                                    std::size_t most, PoisonBounds* bounds);

}  // namespace webhook
