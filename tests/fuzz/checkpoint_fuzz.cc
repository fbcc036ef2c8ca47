// A commit's metadata may be anybody's: it is refused or comes back as it was, and one wrong bit is noticed.
#include <cstdlib>
#include <cstring>
#include <string>

#include "core/encoding.h"
#include "services/delivery-worker/engine/checkpoint.h"
#include "services/delivery-worker/engine/offset_window.h"
#include "tests/fuzz/fuzz.h"

namespace webhook {

void Fuzz(std::string_view input) {
  constexpr char kTopic[] = "webhook.deliveries";
  if (const auto foreign = DecodeCheckpoint(input, kTopic, 1, 5)) {
    MUST(DecodeCheckpoint(EncodeCheckpoint(*foreign, kTopic, 1), kTopic, 1, 5) == foreign);
  }
  if (input.size() < 16) return;
  Checkpoint ours;
  std::memcpy(&ours.offset, input.data(), 8);
  ours.offset &= 0x7fffffffffff;
  std::memcpy(&ours.attempts_offset, input.data() + 8, 8);
  if (ours.attempts_offset < -1) ours.attempts_offset = -1;
  for (const char byte : input.substr(16)) {
    for (int bit = 0; bit < 8 && ours.done.size() < kMaxWindow; ++bit)
      ours.done.push_back((byte >> bit & 1) != 0);
  }
  const std::string metadata = EncodeCheckpoint(ours, kTopic, 1);
  MUST(metadata.size() <= 4'096);
  MUST(DecodeCheckpoint(metadata, kTopic, 1, ours.offset) == ours);
  const OffsetWindow window(ours);
  MUST(window.committable() >= ours.offset);
  std::string damaged = *FromBase64(metadata);
  const std::size_t at = static_cast<unsigned char>(input[0]) * 131U % damaged.size();
  damaged[at] = static_cast<char>(damaged[at] ^ 1 << (input[1] & 7));
  MUST(!DecodeCheckpoint(ToBase64(damaged), kTopic, 1, ours.offset));
}

}  // namespace webhook
