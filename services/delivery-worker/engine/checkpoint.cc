#include "services/delivery-worker/engine/checkpoint.h"

#include <algorithm>

#include "core/check.h"
#include "core/encoding.h"
#include "domain/hash.h"
#include "services/delivery-worker/engine/rate_log.h"

namespace webhook {
namespace {

constexpr std::uint64_t kVersion = 1;
constexpr std::uint64_t kSettled = 1;  // the flags' only bit
constexpr std::size_t kHeader = 21;
constexpr std::size_t kChecksumAt = 13;
constexpr std::size_t kUnsettledBytes = 5;
constexpr std::uint8_t kAnyNumber = 255;  // of owners
constexpr std::size_t kChecksumBytes = 8;
constexpr std::size_t kBitsInByte = 8;

// Little-endian.
void Put(std::uint64_t value, std::size_t bytes, std::string* out) {
  for (std::size_t i = 0; i < bytes; ++i)
    out->push_back(static_cast<char>(value >> (i * kBitsInByte) & 0xff));
}

std::uint64_t Get(std::string_view from, std::size_t at, std::size_t bytes) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < bytes; ++i) {
    value |= static_cast<std::uint64_t>(static_cast<unsigned char>(from[at + i])) << (i * kBitsInByte);
  }
  return value;
}

std::string Bitmap(const std::vector<bool>& bits) {
  std::string bytes((bits.size() + kBitsInByte - 1) / kBitsInByte, '\0');
  for (std::size_t i = 0; i < bits.size(); ++i) {
    if (bits[i]) bytes[i / kBitsInByte] = static_cast<char>(bytes[i / kBitsInByte] | 1 << i % kBitsInByte);
  }
  return bytes;
}

std::uint64_t Checksum(std::string_view head, std::string_view body, std::string_view topic,
                       std::int32_t partition, std::int64_t offset) {
  std::string covered(head);
  Put(static_cast<std::uint64_t>(offset), 8, &covered);
  Put(static_cast<std::uint64_t>(partition), 4, &covered);
  covered += topic;
  covered += '\0';
  covered += body;
  return Hash64(covered);
}

std::string UnsettledBytes(const std::vector<Unsettled>& unsettled) {
  std::string bytes;
  for (const Unsettled& one : unsettled) {
    Put(static_cast<std::uint64_t>(one.until.time_since_epoch().count()), 4, &bytes);
    Put(one.owners, 1, &bytes);
  }
  return bytes;
}

}  // namespace

Checkpoint BareCheckpoint(std::int64_t committed, WallTime now) {
  Checkpoint checkpoint;
  checkpoint.offset = std::max<std::int64_t>(committed, 0);
  checkpoint.settled = committed < 0;
  if (committed < 0) checkpoint.attempts_offset = 0;
  if (!checkpoint.settled)
    checkpoint.unsettled = {{std::chrono::ceil<std::chrono::seconds>(now), kAnyNumber}};
  return checkpoint;
}

Checkpoint ClaimOf(Checkpoint found, WallTime now) {
  std::vector<Unsettled>& unsettled = found.unsettled;
  std::erase_if(unsettled, [&](const Unsettled& one) { return one.until < now - kLongestRateWindow; });
  const auto until = std::chrono::ceil<std::chrono::seconds>(now);
  if (!found.settled) unsettled.push_back({until, 1});
  found.settled = false;
  // The two oldest count as one, as late as the later of them.
  while (unsettled.size() > kMaxUnsettled) {
    const int owners = unsettled[0].owners + unsettled[1].owners;
    unsettled[1].owners = static_cast<std::uint8_t>(std::min<int>(owners, kAnyNumber));
    unsettled.erase(unsettled.begin());
  }
  return found;
}

std::string EncodeCheckpoint(const Checkpoint& checkpoint, std::string_view topic, std::int32_t partition) {
  CHECK(checkpoint.done.size() <= kMaxWindow && checkpoint.unsettled.size() <= kMaxUnsettled,
        "a checkpoint fits a commit");
  std::string bytes;
  Put(kVersion, 1, &bytes);
  Put(checkpoint.settled ? kSettled : 0, 1, &bytes);
  Put(checkpoint.unsettled.size(), 1, &bytes);
  Put(checkpoint.done.size(), 2, &bytes);
  Put(static_cast<std::uint64_t>(checkpoint.attempts_offset), 8, &bytes);
  const std::string body = UnsettledBytes(checkpoint.unsettled) + Bitmap(checkpoint.done);
  Put(Checksum(bytes, body, topic, partition, checkpoint.offset), kChecksumBytes, &bytes);
  return ToBase64(bytes + body);
}

std::optional<Checkpoint> DecodeCheckpoint(std::string_view metadata, std::string_view topic,
                                           std::int32_t partition, std::int64_t offset) {
  const std::optional<std::string> bytes = FromBase64(metadata);
  if (!bytes || bytes->size() < kHeader || Get(*bytes, 0, 1) != kVersion) return std::nullopt;
  const auto owners = static_cast<std::size_t>(Get(*bytes, 2, 1));
  const auto bits = static_cast<std::size_t>(Get(*bytes, 3, 2));
  if (bits > kMaxWindow || owners > kMaxUnsettled) return std::nullopt;
  const std::size_t map_at = kHeader + owners * kUnsettledBytes;
  if (bytes->size() != map_at + (bits + kBitsInByte - 1) / kBitsInByte) return std::nullopt;
  const std::string_view all(*bytes);
  if (Get(all, kChecksumAt, kChecksumBytes) !=
      Checksum(all.substr(0, kChecksumAt), all.substr(kHeader), topic, partition, offset))
    return std::nullopt;
  Checkpoint checkpoint;
  checkpoint.offset = offset;
  checkpoint.settled = (Get(all, 1, 1) & kSettled) != 0;
  checkpoint.attempts_offset = static_cast<std::int64_t>(Get(all, 5, 8));
  if (checkpoint.attempts_offset < -1) return std::nullopt;
  for (std::size_t at = kHeader; at < map_at; at += kUnsettledBytes) {
    checkpoint.unsettled.push_back({std::chrono::sys_seconds(std::chrono::seconds(Get(all, at, 4))),
                                    static_cast<std::uint8_t>(Get(all, at + 4, 1))});
  }
  checkpoint.done.resize(bits);
  for (std::size_t i = 0; i < bits; ++i) {
    const auto byte = static_cast<unsigned char>(all[map_at + i / kBitsInByte]);
    checkpoint.done[i] = (byte >> i % kBitsInByte & 1) != 0;
  }
  return checkpoint;
}

}  // namespace webhook
