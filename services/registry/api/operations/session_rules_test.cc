#include "services/registry/api/operations/session_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace webhook {
namespace {

using std::chrono::hours;
using std::chrono::microseconds;
using std::chrono::minutes;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class SessionRulesTest : public ::testing::Test {
 protected:
  SessionRulesTest() {
    key.id = ApiKeyId("key_1");
    key.account = AccountId("account_1");
  }
  bool Live(const store::Session& session, WallTime at) const {
    return SessionLive(session, key, limits, at);
  }
  // Sessions "0", "1", … that began a minute apart, the last one at `now`.
  std::vector<store::Session> Sessions(int count) const {
    std::vector<store::Session> sessions;
    for (int i = 0; i < count; ++i) {
      sessions.push_back(NewSession(key, limits, now - minutes{count - 1 - i}));
      sessions.back().id = SessionId(std::to_string(i));
    }
    return sessions;
  }

  const SessionLimits limits{hours{12}, hours{2}};
  const WallTime now{hours{24 * 365 * 50}};
  store::ApiKey key;
};

TEST_F(SessionRulesTest, ANewOneIsItsKeys) {
  const store::Session session = NewSession(key, limits, now);
  EXPECT_EQ(session.key, key.id);
  EXPECT_EQ(session.account, key.account);
  EXPECT_EQ(session.created_at, now);
  EXPECT_EQ(session.last_used_at, now);
  EXPECT_EQ(session.expires_at, now + hours{12});
  EXPECT_TRUE(Live(session, now));
}

TEST_F(SessionRulesTest, OneEndsAtItsTimeHoweverMuchItIsUsed) {
  store::Session session = NewSession(key, limits, now);
  session.last_used_at = now + hours{12};
  EXPECT_TRUE(Live(session, now + hours{12} - microseconds{1}));
  EXPECT_FALSE(Live(session, now + hours{12}));
}

TEST_F(SessionRulesTest, OneEndsAfterSoLongWithoutACall) {
  store::Session session = NewSession(key, limits, now);
  EXPECT_TRUE(Live(session, now + hours{2} - microseconds{1}));
  EXPECT_FALSE(Live(session, now + hours{2}));
  session.last_used_at = now + hours{1};
  EXPECT_TRUE(Live(session, now + hours{2}));
  EXPECT_TRUE(Live(session, now - minutes{5})) << "clocks of replicas differ";
}

TEST_F(SessionRulesTest, OneEndsWithItsKey) {
  const store::Session session = NewSession(key, limits, now);
  key.expires_at = now + minutes{1};
  EXPECT_TRUE(Live(session, now + minutes{1} - microseconds{1}));
  EXPECT_FALSE(Live(session, now + minutes{1}));
  EXPECT_EQ(NewSession(key, limits, now).expires_at, now + minutes{1}) << "and says so from the beginning";
  key.expires_at.reset();
  key.revoked_at = now;
  EXPECT_FALSE(Live(session, now));
}

TEST_F(SessionRulesTest, OneMoreThanTheMostEndsTheOldest) {
  EXPECT_THAT(EndedByNewOne({}, key, limits, now), IsEmpty());
  EXPECT_THAT(EndedByNewOne(Sessions(kMostSessions - 1), key, limits, now), IsEmpty());
  EXPECT_THAT(EndedByNewOne(Sessions(kMostSessions), key, limits, now), ElementsAre(SessionId("0")));
  EXPECT_THAT(EndedByNewOne(Sessions(kMostSessions + 1), key, limits, now),
              ElementsAre(SessionId("1"), SessionId("0")));
}

TEST_F(SessionRulesTest, WhatIsOverTakesNoPlace) {
  auto sessions = Sessions(kMostSessions);
  sessions[7].last_used_at = now - hours{3};
  EXPECT_THAT(EndedByNewOne(sessions, key, limits, now), ElementsAre(SessionId("7")));
}

}  // namespace
}  // namespace webhook
