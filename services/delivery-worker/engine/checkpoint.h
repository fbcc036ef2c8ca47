#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/time.h"

namespace webhook {

// Offsets from the oldest incomplete one on that a checkpoint can describe. 24,000 bits and the header make
// at most 4,084 characters of base64: a map always fits the 4,096 that a broker keeps
// (offset.metadata.max.bytes).
inline constexpr std::size_t kMaxWindow = 24'000;
inline constexpr std::size_t kMaxUnsettled = 8;

// Owners that a partition lost at one time, each with requests that may have reached endpoints and are in no
// record (ADR 0008).
struct Unsettled {
  std::chrono::sys_seconds until{};  // nothing of theirs was sent later
  std::uint8_t owners = 1;           // 255: any number

  bool operator==(const Unsettled&) const = default;
};

// Where one partition stands; what its owner commits and its next owner begins with. Offset and map are of
// one moment.
struct Checkpoint {
  std::int64_t offset = 0;  // of the oldest incomplete record, or the one after the last
  // done[i]: record offset + i is complete, or no record. What lies beyond its end is incomplete. At most
  // kMaxWindow.
  std::vector<bool> done;
  // The next owner reads the partition's attempts from here on; -1: not known. `offset` and `done` already
  // tell what the attempts before it do, except where this owner could not read them, or beyond kMaxWindow:
  // that is repeated.
  std::int64_t attempts_offset = -1;
  // Its owner had ended with no request in flight or unrecorded: what the attempts tell is all that it sent.
  bool settled = false;
  std::vector<Unsettled> unsettled;  // owners before it, of the last minute, ascending; at most kMaxUnsettled

  bool operator==(const Checkpoint&) const = default;
};

// Where only the committed offset is known: -1: nothing is committed, so nobody has ever owned the partition,
// and all of its attempts are of owners to come. Else any number of owners may have been there until now.
Checkpoint BareCheckpoint(std::int64_t committed, WallTime now);

// The checkpoint that a new owner commits before it starts, and begins with: the one that it found is not
// settled any more, and an owner that had not settled is added to those of the last minute. So a chain of
// owners, however short each lives, is never taken for one.
Checkpoint ClaimOf(Checkpoint found, WallTime now);

// The metadata of a group's commit of `checkpoint.offset`: base64 of version, flags, sizes, attempts_offset,
// checksum, unsettled owners and bitmap. The checksum covers topic, partition and offset too.
std::string EncodeCheckpoint(const Checkpoint& checkpoint, std::string_view topic, std::int32_t partition);
// nullopt: not ours, of a version that we do not know, or damaged; then only the offset holds.
std::optional<Checkpoint> DecodeCheckpoint(std::string_view metadata, std::string_view topic,
                                           std::int32_t partition, std::int64_t offset);

}  // namespace webhook
