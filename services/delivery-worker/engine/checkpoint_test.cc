#include "services/delivery-worker/engine/checkpoint.h"

#include <gtest/gtest.h>

#include <string>

#include "core/encoding.h"

namespace webhook {
namespace {

constexpr char kTopic[] = "webhook.deliveries";

Checkpoint Full() {
  Checkpoint checkpoint;
  checkpoint.offset = 123'456'789'012;
  checkpoint.attempts_offset = 77;
  checkpoint.settled = true;
  for (std::size_t i = 0; i < kMaxUnsettled; ++i)
    checkpoint.unsettled.push_back({std::chrono::sys_seconds(std::chrono::seconds(1'700'000'000 + i)), 255});
  checkpoint.done.resize(kMaxWindow);
  for (std::size_t i = 1; i < kMaxWindow; i += 3) checkpoint.done[i] = true;
  return checkpoint;
}

std::optional<Checkpoint> Decode(const std::string& metadata) {
  return DecodeCheckpoint(metadata, kTopic, 7, Full().offset);
}

TEST(Checkpoint, ComesBackAsItWas) {
  const std::string metadata = EncodeCheckpoint(Full(), kTopic, 7);
  EXPECT_LE(metadata.size(), 4'096U);
  EXPECT_EQ(Decode(metadata), Full());
  Checkpoint bare;
  bare.offset = Full().offset;
  EXPECT_EQ(Decode(EncodeCheckpoint(bare, kTopic, 7)), bare);
}

TEST(Checkpoint, OfAnotherPlaceIsRefused) {
  const std::string metadata = EncodeCheckpoint(Full(), kTopic, 7);
  EXPECT_FALSE(DecodeCheckpoint(metadata, kTopic, 8, Full().offset));
  EXPECT_FALSE(DecodeCheckpoint(metadata, kTopic, 7, Full().offset + 1));
  EXPECT_FALSE(DecodeCheckpoint(metadata, "webhook.events", 7, Full().offset));
}

TEST(Checkpoint, AnyDamageIsRefused) {
  Checkpoint small = Full();
  small.done.resize(64);
  const std::string bytes = *FromBase64(EncodeCheckpoint(small, kTopic, 7));
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string damaged = bytes;
      damaged[i] = static_cast<char>(damaged[i] ^ 1 << bit);
      EXPECT_FALSE(Decode(ToBase64(damaged))) << "byte " << i << ", bit " << bit;
    }
    EXPECT_FALSE(Decode(ToBase64(bytes.substr(0, i)))) << "cut to " << i;
  }
  EXPECT_FALSE(Decode(ToBase64(bytes + '\0')));
  for (const char* foreign : {"", "hello", "{\"a\":1}", "====", "AAAA"}) EXPECT_FALSE(Decode(foreign));
}

TEST(Checkpoint, AChainOfOwnersIsNeverTakenForOne) {
  constexpr std::chrono::sys_seconds kStart{std::chrono::seconds(1'700'000'000)};
  Checkpoint checkpoint;
  checkpoint.settled = true;
  checkpoint = ClaimOf(checkpoint, kStart);
  EXPECT_TRUE(checkpoint.unsettled.empty()) << "the last owner had settled";
  EXPECT_FALSE(checkpoint.settled);
  for (int i = 1; i <= 20; ++i) {
    checkpoint = ClaimOf(checkpoint, kStart + std::chrono::milliseconds(i * 1'500));
    ASSERT_LE(checkpoint.unsettled.size(), kMaxUnsettled);
    int owners = 0;
    for (const Unsettled& one : checkpoint.unsettled) owners += one.owners;
    EXPECT_EQ(owners, i);
    EXPECT_EQ(checkpoint.unsettled.back().until, kStart + std::chrono::seconds((i * 1'500 + 999) / 1'000));
  }
  checkpoint.settled = true;
  EXPECT_EQ(ClaimOf(checkpoint, kStart + std::chrono::seconds(31)).unsettled, checkpoint.unsettled);
  EXPECT_TRUE(ClaimOf(checkpoint, kStart + std::chrono::seconds(91)).unsettled.empty())
      << "a minute has passed";
}

TEST(Checkpoint, WhereOnlyTheOffsetIsKnownAnyNumberOfOwnersMayHaveBeen) {
  constexpr std::chrono::sys_seconds kNow{std::chrono::seconds(1'700'000'000)};
  const Checkpoint fresh = BareCheckpoint(-1, kNow);
  EXPECT_EQ(fresh.offset, 0);
  EXPECT_TRUE(fresh.settled) << "nobody has ever owned it";
  EXPECT_EQ(fresh.attempts_offset, 0) << "an owner that dies before its first commit is read in full";
  const Checkpoint foreign = BareCheckpoint(7, kNow);
  EXPECT_EQ(foreign.offset, 7);
  EXPECT_FALSE(foreign.settled);
  EXPECT_EQ(foreign.attempts_offset, -1);
  EXPECT_EQ(foreign.unsettled, (std::vector<Unsettled>{{kNow, 255}}));
}

}  // namespace
}  // namespace webhook
