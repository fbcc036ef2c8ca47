#include "services/registry/api/operations/poison_page.h"

#include <charconv>
#include <utility>

#include "records/records.h"

namespace webhook {
namespace {

constexpr std::size_t kMaxKey = 256;

}  // namespace

std::string Printable(std::string_view bytes) {
  std::string text(bytes);
  for (char& c : text) {
    if (c < 0x20 || c > 0x7E) c = '.';
  }
  return text;
}

PoisonEntry ToPoisonEntry(const kafka::ConsumedRecord& record) {
  PoisonEntry entry;
  entry.partition = record.partition;
  entry.offset = record.offset;
  entry.at = record.timestamp;
  const auto poison = DecodePoison(record.value);
  std::string_view key = record.key;
  std::string_view value = record.value;
  if (poison) {
    entry.source = kafka::TopicPartition{poison->topic, poison->partition};
    entry.source_offset = poison->offset;
    entry.reason = poison->reason;
    key = poison->key;
    value = poison->value;
  } else {
    entry.reason = "no record of ours: " + poison.error().message;
  }
  entry.key = Printable(key.substr(0, kMaxKey));
  entry.size = static_cast<std::int64_t>(value.size());
  entry.excerpt = value.substr(0, kPoisonExcerpt);
  return entry;
}

std::string FormatBounds(const PoisonBounds& bounds) {
  std::string text;
  for (const auto& [partition, offset] : bounds)
    text += (text.empty() ? "" : ",") + std::to_string(partition) + ":" + std::to_string(offset);
  return text;
}

std::optional<PoisonBounds> ParseBounds(const std::string& text) {
  PoisonBounds bounds;
  const char* at = text.data();
  const char* const end = at + text.size();
  while (at != end) {
    std::int32_t partition = 0;
    std::int64_t offset = 0;
    auto parsed = std::from_chars(at, end, partition);
    if (parsed.ec != std::errc() || parsed.ptr == end || *parsed.ptr != ':') return std::nullopt;
    parsed = std::from_chars(parsed.ptr + 1, end, offset);
    if (parsed.ec != std::errc() || partition < 0 || offset < 0) return std::nullopt;
    bounds[partition] = offset;
    at = parsed.ptr;
    if (at == end) break;
    if (*at != ',' || ++at == end) return std::nullopt;
  }
  return bounds;
}

std::vector<PoisonEntry> TakeNewest(std::map<std::int32_t, std::vector<PoisonEntry>> entries,
                                    std::size_t most, PoisonBounds* bounds) {
  std::vector<PoisonEntry> taken;
  while (taken.size() < most) {
    std::vector<PoisonEntry>* newest = nullptr;
    for (auto& [partition, list] : entries) {
      if (!list.empty() && (newest == nullptr || list.back().at > newest->back().at)) newest = &list;
    }
    if (newest == nullptr) break;
    (*bounds)[newest->back().partition] = newest->back().offset;
    taken.push_back(std::move(newest->back()));
    newest->pop_back();
  }
  return taken;
}

}  // namespace webhook
