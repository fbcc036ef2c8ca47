#include "services/delivery-worker/engine/endpoint_gate.h"

#include <gtest/gtest.h>

#include <vector>

namespace webhook {
namespace {

constexpr auto kNew = EndpointGate::Coming::kNew;
constexpr auto kBack = EndpointGate::Coming::kBack;

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr MonoTime kStart{seconds{1'000}};

// Offers a delivery at each step of a virtual clock and answers each request at once; gives the start times.
std::vector<MonoTime> Flood(const RateLimit& limit, seconds time, milliseconds step) {
  EndpointGate gate{GateLimits{}};
  gate.rate().SetLimit(limit);
  std::vector<MonoTime> starts;
  Token token = 0;
  for (MonoTime now = kStart; now < kStart + time; now += step) {
    (void)gate.Offer({false, now, ++token}, kNew, 10, now);
    while (gate.TakeNext(now)) {
      gate.Started(now);
      starts.push_back(now);
      gate.Finished(true, true, now);
      gate.Recorded();
    }
  }
  return starts;
}

// Starts the next delivery and answers it at once; false: there is none.
bool Serve(EndpointGate* gate, MonoTime now) {
  if (!gate->TakeNext(now)) return false;
  gate->Started(now);
  gate->Finished(true, true, now);
  gate->Recorded();
  return true;
}

void Fail(EndpointGate* gate) {
  gate->Finished(true, false, kStart);
  gate->Recorded();
}

std::size_t MostInAnyWindow(const std::vector<MonoTime>& starts, seconds window) {
  std::size_t most = 0;
  std::size_t first = 0;
  for (std::size_t last = 0; last < starts.size(); ++last) {
    while (starts[last] - starts[first] > window) ++first;
    most = std::max(most, last - first + 1);
  }
  return most;
}

TEST(EndpointGate, NeverExceedsEitherWindow) {
  const auto starts = Flood(RateLimit{1000, 100, 10}, seconds{200}, milliseconds{7});
  EXPECT_EQ(MostInAnyWindow(starts, seconds{10}), 100U);
  EXPECT_LE(MostInAnyWindow(starts, seconds{60}), 1000U);
  EXPECT_GE(starts.size(), 1'900U);  // of 2,000 that the burst window allows
}

TEST(EndpointGate, KeepsTheMinuteWhereItBinds) {
  const auto starts = Flood(RateLimit{120, 100, 10}, seconds{300}, milliseconds{20});
  EXPECT_EQ(MostInAnyWindow(starts, seconds{60}), 120U);
  EXPECT_GE(starts.size(), 590U);
}

TEST(EndpointGate, HasNoLimitAtZero) {
  EXPECT_EQ(Flood(RateLimit{0, 0, 10}, seconds{10}, milliseconds{1}).size(), 10'000U);
}

TEST(EndpointGate, RefusesWhatWouldStartTooLate) {
  EndpointGate gate{GateLimits{}};
  gate.rate().SetLimit(RateLimit{1000, 10, 10});
  int queued = 0;
  for (Token token = 1; token <= 100; ++token) {
    if (gate.Offer({false, kStart, token}, kNew, 10, kStart)) ++queued;
  }
  EXPECT_EQ(queued, 20);  // ten now, ten after 10.1 s; the next ten would wait longer than 20 s
}

TEST(EndpointGate, RefusesMoreBytesThanItsBoundButLetsOneIn) {
  EndpointGate gate{GateLimits{}};
  EXPECT_TRUE(gate.Offer({false, kStart, 1}, kNew, 2 << 20, kStart));
  EXPECT_FALSE(gate.Offer({false, kStart, 2}, kNew, 1, kStart));
}

TEST(EndpointGate, ReservesSlotsOneAfterTheOther) {
  EndpointGate gate{GateLimits{}};
  gate.rate().SetLimit(RateLimit{1000, 100, 10});
  const MonoTime first = gate.ReserveSlot({}, {}, kStart);
  EXPECT_EQ(gate.ReserveSlot({}, {}, kStart) - first, std::chrono::milliseconds{101});
}

TEST(EndpointGate, WhatIsNewTakesNoTurnOfThoseWhoAreParked) {
  EndpointGate gate{GateLimits{}};
  gate.rate().SetLimit(RateLimit{1000, 10, 10});
  ASSERT_TRUE(gate.Offer({false, kStart, 1}, kNew, 1, kStart));
  for (int i = 0; i < 100; ++i) (void)gate.ReserveSlot({}, {}, kStart);  // 100 s
  EXPECT_FALSE(gate.Offer({false, kStart, 2}, kNew, 1, kStart));
  EXPECT_TRUE(gate.Offer({false, kStart, 3}, kBack, 1, kStart));
  ASSERT_TRUE(Serve(&gate, kStart));
  ASSERT_TRUE(Serve(&gate, kStart));
  EXPECT_TRUE(gate.Offer({false, kStart, 4}, kNew, 1, kStart)) << "nobody waits, so no slot goes unused";
}

TEST(EndpointGate, WhatComesBackBeforeItsSlotWaitsForItHere) {
  EndpointGate gate{GateLimits{}};
  gate.rate().SetLimit(RateLimit{1000, 10, 10});
  const auto queue_all = [&](seconds ready, Token first) {
    int queued = 0;
    for (Token token = first; gate.Offer({false, kStart + ready, token}, kBack, 1, kStart); ++token) ++queued;
    return queued;
  };
  EXPECT_EQ(queue_all(seconds{0}, 1), 20);
  EXPECT_EQ(queue_all(seconds{15}, 101), 20) << "those who start before 35 s";
}

TEST(EndpointGate, ReplaysWaitForWhatIsLiveAndNotTheOtherWayRound) {
  EndpointGate gate{GateLimits{}};
  gate.rate().SetLimit(RateLimit{600, 50, 10});
  Token token = 0;
  while (gate.Offer({true, kStart, ++token}, kNew, 1, kStart)) continue;
  for (int i = 0; i < 2'000; ++i) (void)gate.ReserveSlot({true, kStart, ++token}, {}, kStart);
  EXPECT_TRUE(gate.Offer({false, kStart, 10'000}, kNew, 1, kStart));
  EXPECT_EQ(gate.TakeNext(kStart), Token{10'000});
  EXPECT_LT(gate.ReserveSlot({false, kStart, 10'001}, {}, kStart), kStart + seconds{1});
}

TEST(EndpointGate, ALimitThatIsRaisedShortensTheLine) {
  for (const RateLimit& raised : {RateLimit{1'000, 0, 10}, RateLimit{0, 0, 10}}) {
    EndpointGate gate{GateLimits{}};
    gate.SetLimit(RateLimit{1, 0, 10}, kStart);
    for (int i = 0; i < 1'000; ++i) (void)gate.ReserveSlot({}, {}, kStart);
    gate.SetLimit(raised, kStart);
    ASSERT_TRUE(gate.Offer({false, kStart, 1}, kBack, 1, kStart));
    EXPECT_LT(gate.ReserveSlot({}, {}, kStart), kStart + seconds{61});
  }
}

TEST(EndpointGate, WhoComesAfterItIsBackIsNotHeldUpByThoseWhomItsDeathMadeLate) {
  EndpointGate gate{GateLimits{}};
  gate.rate().SetLimit(RateLimit{600, 50, 10});
  MonoTime now = kStart;
  const auto request = [&](Token token, bool success) {
    ASSERT_TRUE(gate.Offer({false, now, token}, kNew, 1, now));
    ASSERT_TRUE(gate.TakeNext(now));
    gate.Started(now);
    now += seconds{30};
    gate.Finished(true, success, now);
    gate.Recorded();
  };
  for (Token token = 1; token <= 10; ++token) request(token, false);
  for (int i = 0; i < 10; ++i) (void)gate.ReserveSlot({}, std::chrono::hours{4}, now);  // 30 s apart
  request(11, true);
  ASSERT_TRUE(gate.Offer({false, now, 12}, kBack, 1, now));
  EXPECT_TRUE(gate.Offer({false, now, 13}, kNew, 1, now));
}

TEST(EndpointGate, WhatGivesWayKeepsItsTurnThoughOthersAreParkedFarAhead) {
  EndpointGate gate{GateLimits{}};
  gate.rate().SetLimit(RateLimit{1000, 100, 10});
  for (Token token = 1; token <= 150; ++token)
    ASSERT_TRUE(gate.Offer({false, kStart, token}, kNew, 1, kStart));
  for (int i = 0; i < 100; ++i) {
    ASSERT_TRUE(Serve(&gate, kStart));
  }
  for (int i = 0; i < 1'000; ++i) (void)gate.ReserveSlot({}, {}, kStart);
  const MonoTime now = kStart + seconds{1};
  for (Token token = 101; token <= 150; ++token) {
    const MonoTime turn = gate.Park({false, kStart, token}, {}, now);
    EXPECT_EQ(turn, kStart + milliseconds{10'100} + milliseconds{101} * (token - 101));
  }
  EXPECT_FALSE(gate.WakeAt(now)) << "nothing waits any more";
}

TEST(EndpointGate, WhatHasWaitedInVainGoesBehindAllThatIsParked) {
  EndpointGate gate{GateLimits{}};
  gate.rate().SetLimit(RateLimit{0, 0, 10});
  ASSERT_TRUE(gate.Offer({false, kStart, 1}, kNew, 1, kStart));
  gate.rate().SetLimit(RateLimit{1000, 100, 10});
  const MonoTime parked = gate.ReserveSlot({}, {}, kStart + seconds{30});
  EXPECT_EQ(gate.Park({false, kStart, 1}, {}, kStart + seconds{21}), parked + milliseconds{101});
}

TEST(EndpointGate, PacesWhatWaitsForADeadEndpointThoughItHasNoLimit) {
  EndpointGate gate{GateLimits{}};
  gate.rate().SetLimit(RateLimit{0, 0, 10});
  EXPECT_EQ(gate.ReserveSlot({}, {}, kStart), gate.ReserveSlot({}, {}, kStart));
  for (Token token = 1; token <= 5; ++token) {
    ASSERT_TRUE(gate.Offer({false, kStart, token}, kNew, 1, kStart));
    ASSERT_TRUE(gate.TakeNext(kStart));
    gate.Started(kStart);
    Fail(&gate);
  }
  EXPECT_EQ(gate.ReserveSlot({}, {}, kStart), kStart + milliseconds{100});
  EXPECT_EQ(gate.ReserveSlot({}, {}, kStart), kStart + milliseconds{200}) << "it answers at once";
  for (int i = 0; i < 200; ++i) (void)gate.ReserveSlot({}, {}, kStart);
  EXPECT_EQ(gate.ReserveSlot({}, {}, kStart), kStart + seconds{15});
}

// What an old delivery meets may have failed for seconds only.
TEST(EndpointGate, AnOwnerThatSawItAliveKnowsForHowLongItHasBeenDead) {
  for (const bool alive : {true, false}) {
    EndpointGate gate{GateLimits{}};
    gate.rate().SetLimit(RateLimit{0, 0, 10});
    if (alive) gate.Inherit(true, kStart);
    for (int i = 0; i < 5; ++i) gate.Inherit(false, kStart);
    MonoTime last{};
    for (int i = 0; i < 50'000; ++i) last = gate.ReserveSlot({}, std::chrono::hours{2}, kStart + seconds{1});
    EXPECT_EQ(last, kStart + seconds{1} + (alive ? seconds{15} : seconds{3'600}));
  }
}

// A probe takes 30 s: what is parked comes back for its turn, and else goes round as seldom as may be.
TEST(EndpointGate, WhatWaitsForAnEndpointThatHangsComesBackForItsTurn) {
  EndpointGate gate{GateLimits{}};
  gate.rate().SetLimit(RateLimit{0, 0, 10});
  MonoTime now = kStart;
  const auto hang = [&](Token token) {
    ASSERT_TRUE(gate.Offer({false, now, token}, kNew, 1, now));
    ASSERT_TRUE(gate.TakeNext(now));
    gate.Started(now);
    now += seconds{30};
    gate.Finished(true, false, now);
    gate.Recorded();
  };
  for (Token token = 1; token <= 5; ++token) hang(token);
  EXPECT_EQ(gate.ReserveSlot({}, {}, now), now + seconds{30});
  for (int i = 0; i < 20; ++i) (void)gate.ReserveSlot({}, {}, now);
  EXPECT_EQ(gate.ReserveSlot({}, {}, now), now + seconds{60})
      << "dead for two minutes only, but none comes back before a probe can have told anything new";
  now += seconds{120};
  for (Token token = 6; token <= 11; ++token) hang(token);
  EXPECT_EQ(gate.ReserveSlot({}, {}, now), now + seconds{30});
  EXPECT_EQ(gate.ReserveSlot({}, {}, now), now + seconds{60});
  EXPECT_EQ(gate.ReserveSlot({}, {}, now), now + seconds{60})
      << "dead for 300 s: at most half of it, a tier's pause";
  EXPECT_EQ(gate.ReserveSlot({}, seconds{700}, now), now + seconds{90});
  for (int i = 0; i < 20; ++i) (void)gate.ReserveSlot({}, seconds{700}, now);
  EXPECT_EQ(gate.ReserveSlot({}, seconds{700}, now), now + seconds{300})
      << "the owner before may have known it dead for as long as the delivery has been there";
  now += seconds{86'400};
  for (int i = 0; i < 200; ++i) (void)gate.ReserveSlot({}, {}, now);
  EXPECT_EQ(gate.ReserveSlot({}, {}, now), now + seconds{3'600});
}

TEST(EndpointGate, SlotsAreAsFarApartAsRequestsWereSeenToEnd) {
  EndpointGate gate{GateLimits{}};
  gate.rate().SetLimit(RateLimit{0, 0, 10});
  for (Token token = 1; token <= 200; ++token)
    ASSERT_TRUE(gate.Offer({false, kStart, token}, kNew, 1, kStart));
  MonoTime now = kStart;
  for (int i = 0; i < 100; ++i) {
    now += milliseconds{20};
    ASSERT_TRUE(Serve(&gate, now));
  }
  const MonoTime first = gate.ReserveSlot({}, {}, now);
  EXPECT_GE(first, now + milliseconds{1'980}) << "behind the hundred that wait";
  EXPECT_LE(first, now + milliseconds{2'000});
  const MonoTime second = gate.ReserveSlot({}, {}, now);
  EXPECT_GE(second, first + milliseconds{19});
  EXPECT_LE(second, first + milliseconds{20});
  for (int i = 0; i < 20'000; ++i) (void)gate.ReserveSlot({}, {}, now);
  EXPECT_LE(gate.ReserveSlot({}, {}, now), now + seconds{60}) << "it may soon be faster";
}

TEST(EndpointGate, WhatWaitsForItsLimitSaysNothingOfAnEndpointsPace) {
  EndpointGate gate{GateLimits{}};
  gate.rate().SetLimit(RateLimit{0, 1, 1});
  for (Token token = 1; token <= 10; ++token)
    ASSERT_TRUE(gate.Offer({false, kStart, token}, kNew, 1, kStart));
  MonoTime now = kStart;
  for (int i = 0; i < 10; ++i) {
    ASSERT_TRUE(Serve(&gate, now));
    now += milliseconds{1'100};
  }
  gate.rate().SetLimit(RateLimit{0, 0, 10});
  EXPECT_EQ(gate.ReserveSlot({}, {}, now), gate.ReserveSlot({}, {}, now));
}

TEST(EndpointGate, AnEndpointThatIsBackGetsWhatComesAtOnce) {
  EndpointGate gate{GateLimits{}};
  gate.rate().SetLimit(RateLimit{0, 0, 10});
  for (Token token = 1; token <= 6; ++token) {
    ASSERT_TRUE(gate.Offer({false, kStart, token}, kNew, 1, kStart));
    ASSERT_TRUE(gate.TakeNext(kStart));
    gate.Started(kStart);
    if (token <= 5) Fail(&gate);
  }
  EXPECT_GT(gate.ReserveSlot({}, {}, kStart), kStart);
  gate.Finished(true, true, kStart);
  gate.Recorded();
  EXPECT_EQ(gate.ReserveSlot({}, {}, kStart), kStart);
}

TEST(EndpointGate, BoundsRequestsInFlightAndProbesAfterFailures) {
  EndpointGate gate{GateLimits{}};
  gate.rate().SetLimit(RateLimit{0, 0, 10});
  for (Token token = 1; token <= 40; ++token)
    ASSERT_TRUE(gate.Offer({false, kStart, token}, kNew, 1, kStart));
  int started = 0;
  const auto start_all = [&] {
    while (gate.TakeNext(kStart)) {
      gate.Started(kStart);
      ++started;
    }
  };
  const auto succeed = [&] {
    gate.Finished(true, true, kStart);
    gate.Recorded();
  };
  start_all();
  EXPECT_EQ(started, 5) << "nothing is known of it";
  for (int i = 0; i < 12; ++i) {
    succeed();
    start_all();
  }
  EXPECT_EQ(started - 12, 10);
  EXPECT_FALSE(gate.WakeAt(kStart).has_value());
  for (int i = 0; i < 10; ++i) Fail(&gate);
  start_all();
  EXPECT_EQ(started, 12 + 10 + 1);
  succeed();
  start_all();
  EXPECT_EQ(started, 12 + 10 + 1 + 5) << "it is just back";
}

TEST(EndpointGate, WhatMayHaveReachedTheEndpointAndIsNeverRecordedCountsForAWindow) {
  EndpointGate gate{GateLimits{}};
  gate.rate().SetLimit(RateLimit{});
  for (Token token = 1; token <= 50; ++token)
    ASSERT_TRUE(gate.Offer({false, kStart, token}, kNew, 1, kStart));
  for (int i = 0; i < 20; ++i) {
    ASSERT_TRUE(gate.TakeNext(kStart));
    gate.Started(kStart);
    gate.Finished(true, std::nullopt, kStart);
  }
  EXPECT_FALSE(gate.TakeNext(kStart));
  EXPECT_EQ(gate.WakeAt(kStart), kStart + kLongestRateWindow);
  EXPECT_TRUE(gate.TakeNext(kStart + kLongestRateWindow));
}

TEST(EndpointGate, HoldsWhatIsNotDueAndTellsWhen) {
  EndpointGate gate{GateLimits{}};
  ASSERT_TRUE(gate.Offer({false, kStart + seconds{3}, 1}, kNew, 1, kStart));
  EXPECT_FALSE(gate.TakeNext(kStart).has_value());
  EXPECT_EQ(gate.WakeAt(kStart), kStart + seconds{3});
  EXPECT_EQ(gate.TakeNext(kStart + seconds{3}), Token{1});
  EXPECT_TRUE(gate.Idle(kStart + seconds{3}));
}

// Retries may come seconds before they are due.
TEST(EndpointGate, WhatIsNotDueIsBoundedAndHoldsUpNothing) {
  EndpointGate gate{GateLimits{}};
  gate.rate().SetLimit({0, 0, 10});
  std::size_t queued = 0;
  for (Token token = 1; token <= 400; ++token) {
    if (gate.Offer({false, kStart + seconds{3}, token}, kNew, 1, kStart)) ++queued;
  }
  EXPECT_EQ(queued, GateLimits{}.max_waiting);
  EXPECT_TRUE(gate.Offer({false, kStart, 401}, kNew, 2 << 20, kStart)) << "it can start";
  EXPECT_EQ(gate.TakeNext(kStart), Token{401});
}

// How many are let in, of bytes each, while the endpoint answers one each `gap` and others always wait.
std::size_t LetIn(milliseconds gap, std::size_t bytes) {
  EndpointGate gate{GateLimits{}};
  gate.rate().SetLimit({0, 0, 10});
  MonoTime now = kStart;
  Token token = 0;
  for (int i = 0; i < 200; ++i) {
    EXPECT_TRUE(gate.Offer({false, now, ++token}, kNew, 10, now));
    EXPECT_TRUE(gate.Offer({false, now, ++token}, kNew, 10, now));
    EXPECT_TRUE(Serve(&gate, now));
    now += gap;
  }
  std::size_t waiting = 200;
  for (; gate.TakeNext(now); --waiting) gate.Started(now);
  while (waiting < 100'000 && gate.Offer({false, now, ++token}, kNew, bytes, now)) ++waiting;
  return waiting;
}

TEST(EndpointGate, AQuickEndpointsLineMayBeAsLongAsItTakesSeconds) {
  const std::size_t quick = LetIn(milliseconds{2}, 10);
  EXPECT_GE(quick, 2'500U) << "five seconds' worth";
  EXPECT_LE(quick, 3'000U);
  EXPECT_EQ(LetIn(milliseconds{100}, 10), GateLimits{}.max_waiting);
  EXPECT_LE(LetIn(milliseconds{2}, 100'000), 200U + (GateLimits{}.max_line_bytes / 100'000))
      << "in bytes too";
}

// It waits for its turn among others, not for the endpoint.
TEST(EndpointGate, OfAnEndpointThatWouldTakeOneNowMayWaitAsMuchAsTheBytesAllow) {
  for (const bool known : {true, false}) {
    EndpointGate gate{GateLimits{}};
    gate.rate().SetLimit({0, 0, 10});
    if (known) gate.Inherit(true, kStart - seconds{1});
    std::size_t waiting = 0;
    while (waiting < 5'000 && gate.Offer({false, kStart, waiting + 1}, kNew, 10'000, kStart)) ++waiting;
    EXPECT_EQ(waiting, (known ? GateLimits{}.max_line_bytes : GateLimits{}.max_waiting_bytes) / 10'000);
  }
}

// A burst is read within the time that its first request takes.
TEST(EndpointGate, ABurstMayWaitForTheFirstAnswerButNotForOneThatStaysSilent) {
  EndpointGate gate{GateLimits{}};
  gate.rate().SetLimit({0, 0, 10});
  ASSERT_TRUE(gate.Offer({false, kStart, 1}, kNew, 10, kStart));
  ASSERT_TRUE(gate.TakeNext(kStart));
  gate.Started(kStart);
  const MonoTime soon = kStart + GateLimits{}.patience;
  std::size_t waiting = 0;
  for (; waiting < 5'000; ++waiting) ASSERT_TRUE(gate.Offer({false, soon, 2 + waiting}, kNew, 10, soon));
  const MonoTime late = soon + milliseconds{1};
  EXPECT_FALSE(gate.Offer({false, late, 9'000}, kNew, 10, late));
  EXPECT_TRUE(gate.Quick(soon)) << "as far as is known";
  EXPECT_FALSE(gate.Quick(late));
}

TEST(EndpointGate, IsQuickAsLongAsWhatWaitsIsServedAtOnce) {
  EndpointGate gate{GateLimits{}};
  gate.rate().SetLimit({0, 0, 10});
  MonoTime now = kStart;
  Token token = 0;
  while (token < 200) ASSERT_TRUE(gate.Offer({false, now, ++token}, kNew, 10, now));
  for (int i = 0; i < 100; ++i, now += milliseconds{2}) {
    ASSERT_TRUE(Serve(&gate, now));
    ASSERT_TRUE(gate.Offer({false, now, ++token}, kNew, 10, now));
  }
  EXPECT_FALSE(gate.Quick(now)) << "it is not asked";
  ASSERT_TRUE(gate.TakeNext(now));
  gate.Started(now);
  EXPECT_TRUE(gate.Quick(now));
  for (int i = 0; i < 400; ++i) ASSERT_TRUE(gate.Offer({false, now, ++token}, kNew, 10, now));
  EXPECT_FALSE(gate.Quick(now)) << "more than a second's worth";
  while (gate.TakeNext(now)) gate.Started(now);
  EXPECT_FALSE(gate.Quick(now + seconds{2})) << "it is silent";
}

TEST(EndpointGate, LiveDeliveriesGoBeforeReplaysAndKeepHalfOfTheRoom) {
  EndpointGate gate{GateLimits{}};
  int replays = 0;
  for (Token token = 1; token <= 200; ++token) {
    if (gate.Offer({true, kStart, token}, kNew, 1, kStart)) ++replays;
  }
  EXPECT_EQ(replays, 128);
  ASSERT_TRUE(gate.Offer({false, kStart, 999}, kNew, 1, kStart));
  ASSERT_TRUE(gate.Offer({false, kStart + seconds{5}, 1'000}, kNew, 1, kStart));
  EXPECT_EQ(gate.TakeNext(kStart), Token{999});
  EXPECT_EQ(gate.TakeNext(kStart), Token{1}) << "the next live one is not due yet";
  EXPECT_EQ(gate.WakeAt(kStart), kStart);
}

TEST(EndpointGate, BoundsWhatIsInNoRecordWhereThereIsALimit) {
  for (const bool limited : {true, false}) {
    EndpointGate gate{GateLimits{}};
    gate.rate().SetLimit(limited ? RateLimit{} : RateLimit{0, 0, 10});
    for (Token token = 1; token <= 50; ++token)
      ASSERT_TRUE(gate.Offer({false, kStart, token}, kNew, 1, kStart));
    int started = 0;
    while (gate.TakeNext(kStart)) {
      gate.Started(kStart);
      gate.Finished(true, true, kStart);
      ++started;
    }
    EXPECT_EQ(started, limited ? 20 : 50);
    if (!limited) continue;
    EXPECT_FALSE(gate.WakeAt(kStart));
    gate.Recorded();
    EXPECT_EQ(gate.WakeAt(kStart), kStart);
  }
}

}  // namespace
}  // namespace webhook
