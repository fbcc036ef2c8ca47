#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace webhook {

// Offsets from the oldest incomplete one on that a checkpoint can describe. 24,000 bits and the header make
// 4,028 characters of base64: a map always fits the 4,096 that a broker keeps (offset.metadata.max.bytes).
inline constexpr std::size_t kMaxWindow = 24'000;

// Where one partition stands; what its owner commits and its next owner begins with. Offset and map are of
// one moment.
struct Checkpoint {
  std::int64_t offset = 0;  // of the oldest incomplete record, or the one after the last
  // done[i]: record offset + i is complete, or no record. What lies beyond its end is incomplete. At most
  // kMaxWindow.
  std::vector<bool> done;
  // What every record of the partition's attempts before this offset says is in `done`; -1: not known.
  std::int64_t attempts_offset = -1;
  // Its owner had ended with no request in flight or unrecorded: what the attempts tell is all that was sent.
  bool settled = false;

  bool operator==(const Checkpoint&) const = default;
};

// The metadata of a group's commit of `checkpoint.offset`: base64 of version, flags, size, attempts_offset,
// checksum and bitmap. The checksum covers topic, partition and offset too.
std::string EncodeCheckpoint(const Checkpoint& checkpoint, std::string_view topic, std::int32_t partition);
// nullopt: not ours, of a version that we do not know, or damaged; then only the offset holds.
std::optional<Checkpoint> DecodeCheckpoint(std::string_view metadata, std::string_view topic,
                                           std::int32_t partition, std::int64_t offset);

}  // namespace webhook
