#include "services/registry/api/operations/failed_logins.h"

#include <gtest/gtest.h>

namespace webhook {
namespace {

using std::chrono::seconds;

class FailedLoginsTest : public ::testing::Test {
 protected:
  void Fail(const std::string& address, std::size_t times) {
    for (std::size_t i = 0; i < times; ++i) logins.Note(address, now);
  }

  FailedLogins logins;
  MonoTime now{std::chrono::hours{1}};
};

TEST_F(FailedLoginsTest, MakesOneAddressWait) {
  Fail("192.0.2.1", FailedLogins::kMost - 1);
  EXPECT_EQ(logins.Wait("192.0.2.1", now), std::nullopt);
  Fail("192.0.2.1", 1);
  EXPECT_EQ(logins.Wait("192.0.2.1", now), FailedLogins::kWindow);
  EXPECT_EQ(logins.Wait("192.0.2.2", now), std::nullopt);
}

TEST_F(FailedLoginsTest, ForgetsWhatIsOld) {
  Fail("192.0.2.1", FailedLogins::kMost);
  now += FailedLogins::kWindow - seconds{1};
  EXPECT_EQ(logins.Wait("192.0.2.1", now), seconds{1});
  now += seconds{1};
  EXPECT_EQ(logins.Wait("192.0.2.1", now), std::nullopt);
}

TEST_F(FailedLoginsTest, StaysSmallHoweverManyAddressesFail) {
  for (int i = 0; i < 30'000; ++i) logins.Note(std::to_string(i), now);
  Fail("192.0.2.1", FailedLogins::kMost);
  EXPECT_TRUE(logins.Wait("192.0.2.1", now).has_value());
}

}  // namespace
}  // namespace webhook
