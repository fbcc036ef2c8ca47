#include "services/delivery-worker/engine/checkpoint.h"

#include "core/check.h"
#include "core/encoding.h"
#include "domain/hash.h"

namespace webhook {
namespace {

constexpr std::uint64_t kVersion = 1;
constexpr std::uint64_t kSettled = 1;  // the flags' only bit
constexpr std::size_t kHeader = 20;
constexpr std::size_t kChecksumAt = 12;
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

std::uint64_t Checksum(std::string_view head, std::string_view map, std::string_view topic,
                       std::int32_t partition, std::int64_t offset) {
  std::string covered(head);
  Put(static_cast<std::uint64_t>(offset), 8, &covered);
  Put(static_cast<std::uint64_t>(partition), 4, &covered);
  covered += topic;
  covered += '\0';
  covered += map;
  return Hash64(covered);
}

}  // namespace

std::string EncodeCheckpoint(const Checkpoint& checkpoint, std::string_view topic, std::int32_t partition) {
  CHECK(checkpoint.done.size() <= kMaxWindow, "a checkpoint's map fits a commit");
  std::string bytes;
  Put(kVersion, 1, &bytes);
  Put(checkpoint.settled ? kSettled : 0, 1, &bytes);
  Put(checkpoint.done.size(), 2, &bytes);
  Put(static_cast<std::uint64_t>(checkpoint.attempts_offset), 8, &bytes);
  const std::string map = Bitmap(checkpoint.done);
  Put(Checksum(bytes, map, topic, partition, checkpoint.offset), kChecksumBytes, &bytes);
  return ToBase64(bytes + map);
}

std::optional<Checkpoint> DecodeCheckpoint(std::string_view metadata, std::string_view topic,
                                           std::int32_t partition, std::int64_t offset) {
  const std::optional<std::string> bytes = FromBase64(metadata);
  if (!bytes || bytes->size() < kHeader || Get(*bytes, 0, 1) != kVersion) return std::nullopt;
  const auto bits = static_cast<std::size_t>(Get(*bytes, 2, 2));
  const std::string_view map = std::string_view(*bytes).substr(kHeader);
  if (bits > kMaxWindow || map.size() != (bits + kBitsInByte - 1) / kBitsInByte) return std::nullopt;
  const std::string_view head = std::string_view(*bytes).substr(0, kChecksumAt);
  if (Get(*bytes, kChecksumAt, kChecksumBytes) != Checksum(head, map, topic, partition, offset))
    return std::nullopt;
  Checkpoint checkpoint;
  checkpoint.offset = offset;
  checkpoint.settled = (Get(*bytes, 1, 1) & kSettled) != 0;
  checkpoint.attempts_offset = static_cast<std::int64_t>(Get(*bytes, 4, 8));
  if (checkpoint.attempts_offset < -1) return std::nullopt;
  checkpoint.done.resize(bits);
  for (std::size_t i = 0; i < bits; ++i)
    checkpoint.done[i] = (static_cast<unsigned char>(map[i / kBitsInByte]) >> i % kBitsInByte & 1) != 0;
  return checkpoint;
}

}  // namespace webhook
