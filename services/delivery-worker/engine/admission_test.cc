#include "services/delivery-worker/engine/admission.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace webhook {
namespace {

using ::testing::ElementsAre;

Webhook To(const std::string& account, const std::string& url) {
  Webhook webhook;
  webhook.account = AccountId(account);
  webhook.url = url;
  return webhook;
}

using Turn = std::function<void()>;

// Does not go while it stands in line.
class Asker : public Admission::Asker {
 public:
  static std::weak_ptr<Admission::Asker> Of(Turn turn) {
    static std::vector<std::shared_ptr<Asker>> all;
    return all.emplace_back(std::make_shared<Asker>(std::move(turn)));
  }
  explicit Asker(Turn turn) : turn_(std::move(turn)) {}
  void OnTurn(const Webhook&) override { turn_(); }

 private:
  const Turn turn_;
};

Place Ask(Admission& admission, const Webhook& webhook, const Turn& turn) {
  return admission.Enter(std::make_shared<const Webhook>(webhook), Asker::Of(turn));
}

bool EnterOr(Admission& admission, const Webhook& webhook, const Turn& turn) {
  return Ask(admission, webhook, turn) == Place::kTaken;
}

bool Enter(Admission* admission, const Webhook& webhook) {
  return EnterOr(*admission, webhook, [] {});
}

TEST(Admission, NoAccountTakesAllPlaces) {
  Admission admission({10, 4, 100});
  for (int i = 0; i < 4; ++i) EXPECT_TRUE(Enter(&admission, To("account_a", "https://a.example/")));
  EXPECT_FALSE(Enter(&admission, To("account_a", "https://b.example/")));
  EXPECT_TRUE(Enter(&admission, To("account_b", "https://a.example/")));
  admission.Leave(To("account_a", "https://a.example/"));
  EXPECT_TRUE(Enter(&admission, To("account_a", "https://b.example/")));
  EXPECT_EQ(admission.in_flight(), 5U);
}

TEST(Admission, NoHostIsFloodedByManyWebhooks) {
  Admission admission({10, 10, 2});
  EXPECT_TRUE(Enter(&admission, To("account_a", "https://victim.example/1")));
  EXPECT_TRUE(Enter(&admission, To("account_b", "https://victim.example/2?x=1")));
  EXPECT_FALSE(Enter(&admission, To("account_c", "https://victim.example/3")));
  EXPECT_TRUE(Enter(&admission, To("account_c", "https://victim.example:8443/3")));
  EXPECT_EQ(admission.in_flight(), 3U);
}

TEST(Admission, TheWholeIsBounded) {
  Admission admission({2, 2, 2});
  EXPECT_TRUE(Enter(&admission, To("account_a", "https://a.example/")));
  EXPECT_TRUE(Enter(&admission, To("account_b", "https://b.example/")));
  EXPECT_FALSE(Enter(&admission, To("account_c", "https://c.example/")));
}

// A lane may say so of its records (DeliveryLane::unstarted()).
TEST(Admission, TellsWhetherOneWaitsForTheLoopOrForItsOwn) {
  Admission admission({4, 10, 1, 3});
  const auto enter = [&](const Webhook& webhook, const Turn& turn) { return Ask(admission, webhook, turn); };
  const Webhook crowded = To("account_a", "https://a.example/");
  EXPECT_EQ(enter(crowded, [] {}), Place::kTaken);
  EXPECT_EQ(enter(To("account_b", "https://a.example/"), [] {}), Place::kCrowded);
  EXPECT_EQ(enter(To("account_a", "https://b.example/"), [] {}), Place::kTaken);
  EXPECT_EQ(enter(To("account_a", "https://c.example/"), [] {}), Place::kTaken);
  std::vector<Place> told;
  EXPECT_EQ(enter(crowded, [&] { told.push_back(enter(crowded, [] {})); }), Place::kCrowded)
      << "behind the one that waits for its host";
  std::vector<Place> later;
  const Webhook late = To("account_c", "https://b.example/");
  EXPECT_EQ(enter(late, [&] { later.push_back(enter(late, [] {})); }), Place::kInLine)
      << "three were begun in this turn";
  admission.BeginTurn();
  EXPECT_EQ(later, std::vector<Place>{Place::kCrowded}) << "b.example has one already";
  EXPECT_EQ(told, std::vector<Place>{});
}

// Webhooks that ask again as soon as their turn comes, each for one place.
struct Crowd {
  void Ask(const Webhook& webhook) {
    if (EnterOr(admission, webhook, [this, webhook] { Ask(webhook); })) entered.push_back(webhook.url);
  }
  Admission admission;
  std::vector<std::string> entered;
};

TEST(Admission, WhoCameFirstGetsThePlaceThatIsFreed) {
  Crowd crowd{Admission({2, 2, 1}), {}};
  const Webhook first = To("account_a", "https://a.example/1");
  crowd.Ask(first);
  crowd.Ask(To("account_a", "https://a.example/2"));
  crowd.Ask(To("account_a", "https://a.example/3"));
  crowd.Ask(To("account_b", "https://b.example/"));
  EXPECT_THAT(crowd.entered, ElementsAre("https://a.example/1", "https://b.example/"))
      << "no host blocks another";
  crowd.admission.Leave(first);
  crowd.Ask(first);
  EXPECT_EQ(crowd.entered.back(), "https://a.example/2");
  crowd.admission.Leave(To("account_a", "https://a.example/2"));
  EXPECT_EQ(crowd.entered.back(), "https://a.example/3");
  crowd.admission.Leave(To("account_a", "https://a.example/3"));
  EXPECT_EQ(crowd.entered.back(), "https://a.example/1");
  EXPECT_EQ(crowd.entered.size(), 5U);
}

// However many slow webhooks one has at a host that others use too.
TEST(Admission, AccountsTakeTurnsAtAHost) {
  Crowd crowd{Admission({10, 10, 1}), {}};
  crowd.Ask(To("account_a", "https://shared.example/0"));
  for (int i = 1; i < 100; ++i) crowd.Ask(To("account_a", "https://shared.example/" + std::to_string(i)));
  crowd.Ask(To("account_b", "https://shared.example/b"));
  crowd.admission.Leave(To("account_a", "https://shared.example/0"));
  crowd.admission.Leave(To("account_a", "https://shared.example/1"));
  EXPECT_THAT(crowd.entered, ElementsAre("https://shared.example/0", "https://shared.example/1",
                                         "https://shared.example/b"));
}

TEST(Admission, AllInLineGetTheirTurnWhateverTheyWaitFor) {
  Crowd crowd{Admission({3, 2, 1}), {}};
  std::vector<Webhook> webhooks;
  for (int i = 0; i < 60; ++i) {
    webhooks.push_back(To("account_" + std::to_string(i % 3),
                          "https://host-" + std::to_string(i % 4) + ".example/" + std::to_string(i)));
    crowd.Ask(webhooks.back());
  }
  std::size_t left = 0;
  while (left < crowd.entered.size()) {
    const std::string url = crowd.entered[left++];
    crowd.admission.Leave(*std::find_if(webhooks.begin(), webhooks.end(),
                                        [&](const Webhook& webhook) { return webhook.url == url; }));
  }
  EXPECT_EQ(left, 60U);
  EXPECT_EQ(crowd.admission.in_flight(), 0U);
}

// Where any place and those of a host are scarce at once, a place that is freed calls few, however many wait.
TEST(Admission, ATurnIsCalledSeldomInVain) {
  Admission admission({4, 100, 2});
  std::vector<Webhook> in;
  int turns = 0;
  std::function<void(const Webhook&)> ask = [&](const Webhook& webhook) {
    if (EnterOr(admission, webhook, [&, webhook] { ++turns, ask(webhook); })) in.push_back(webhook);
  };
  for (int i = 0; i < 500; ++i) {
    ask(To("account_a", "https://big.example/" + std::to_string(i)));
    ask(To("account_b", "https://host-" + std::to_string(i) + ".example/"));
  }
  for (std::size_t next = 0; next < in.size(); ++next) {
    const Webhook webhook = in[next];
    admission.Leave(webhook);
  }
  EXPECT_EQ(in.size(), 1'000U);
  EXPECT_LT(turns, 2'000);
}

TEST(Admission, ATurnIsOnePlace) {
  Admission admission({4, 100, 100});
  admission.SetShare(0);
  int greedy = 0;
  int modest = 0;
  std::function<void()> take = [&] {
    while (EnterOr(admission, To("account_a", "https://a.example/"), take)) ++greedy;
  };
  take();
  EXPECT_FALSE(EnterOr(admission, To("account_b", "https://b.example/"), [&] {
    if (EnterOr(admission, To("account_b", "https://b.example/"), [] {})) ++modest;
  }));
  admission.SetShare(1);
  EXPECT_EQ(modest, 1);
  EXPECT_EQ(greedy, 3);
}

TEST(Admission, AShareThatGrowsLetsInWhoWaits) {
  Crowd crowd{Admission({10, 10, 10}), {}};
  crowd.admission.SetShare(0);
  for (int i = 0; i < 4; ++i) crowd.Ask(To("account_a", "https://a.example/" + std::to_string(i)));
  EXPECT_TRUE(crowd.entered.empty());
  crowd.admission.SetShare(0.15);
  EXPECT_EQ(crowd.entered.size(), 2U);
  crowd.admission.SetShare(1);
  EXPECT_EQ(crowd.entered.size(), 4U);
}

TEST(Admission, ATurnThatIsNotTakenGoesToTheNext) {
  Admission admission({1, 1, 1});
  const Webhook webhook = To("account_a", "https://a.example/");
  ASSERT_TRUE(Enter(&admission, webhook));
  int turns = 0;
  for (int i = 0; i < 3; ++i) EXPECT_FALSE(EnterOr(admission, webhook, [&] { ++turns; }));
  admission.Leave(webhook);
  EXPECT_EQ(turns, 3);
  EXPECT_TRUE(Enter(&admission, webhook));
}

struct TurnsTest : ::testing::Test {
  // Each to a host of its own; who finds no place begins in its turn.
  void Begin(int count) {
    for (int i = 0; i < count; ++i) {
      const std::string n = std::to_string(asked++);
      Ask(To("account_" + n, "https://" + n + ".example/"));
    }
  }
  void Ask(const Webhook& webhook) {
    if (EnterOr(admission, webhook, [this, webhook] { Ask(webhook); })) begun.push_back(webhook);
  }
  int asked = 0;
  int turns_asked = 0;
  std::vector<Webhook> begun;
  Admission admission{{.total = 100, .account = 100, .host = 100, .in_turn = 8}, [this] { ++turns_asked; }};
};

TEST_F(TurnsTest, SoManyBeginInATurnAndTheRestInTheNext) {
  Begin(8);
  EXPECT_EQ(begun.size(), 8U);
  EXPECT_EQ(turns_asked, 0) << "nobody waits";
  Begin(12);
  EXPECT_EQ(begun.size(), 8U);
  EXPECT_EQ(turns_asked, 1) << "one for all";
  admission.BeginTurn();
  EXPECT_EQ(begun.size(), 16U);
  EXPECT_EQ(turns_asked, 2);
  admission.BeginTurn();
  EXPECT_EQ(begun.size(), 20U);
  EXPECT_EQ(turns_asked, 2) << "nobody is left";
}

TEST_F(TurnsTest, APlaceThatIsGivenBackBeginsNoMoreInTheSameTurn) {
  Begin(9);
  admission.Leave(begun.front());
  EXPECT_EQ(begun.size(), 8U);
  admission.BeginTurn();
  EXPECT_EQ(begun.size(), 9U);
}

TEST_F(TurnsTest, ATurnDoesNotLiftTheOtherBounds) {
  admission.SetShare(0.1);
  Begin(12);
  admission.BeginTurn();
  EXPECT_EQ(begun.size(), 10U);
  EXPECT_EQ(turns_asked, 1) << "no turn helps who waits for a place";
}

// B waits for any place with a place of its host in hand, and then finds that its account has none.
TEST(Admission, WhoGoesToAnotherLineLeavesItsPlaceToTheNext) {
  Admission admission({2, 1, 1});
  const std::string h = "https://h.example/";
  const std::string q = "https://q.example/";
  ASSERT_TRUE(Enter(&admission, To("account_c", h)));
  ASSERT_FALSE(Enter(&admission, To("account_b", h)));
  bool d_entered = false;
  ASSERT_FALSE(EnterOr(admission, To("account_d", h),
                       [&] { d_entered = EnterOr(admission, To("account_d", h), [] {}); }));
  ASSERT_TRUE(Enter(&admission, To("account_b", q)));
  ASSERT_FALSE(EnterOr(admission, To("account_e", "https://e.example/"),
                       [&] { ASSERT_TRUE(Enter(&admission, To("account_e", "https://e.example/"))); }));
  admission.Leave(To("account_c", h));
  admission.Leave(To("account_e", "https://e.example/"));
  EXPECT_TRUE(d_entered);
}

TEST(Admission, KnowsTheAuthority) {
  EXPECT_EQ(AuthorityOf("https://a.example:8443/x/y?q"), "a.example:8443");
  EXPECT_EQ(AuthorityOf("http://[2001:db8::1]:80?q"), "[2001:db8::1]:80");
  EXPECT_EQ(AuthorityOf("https://a.example"), "a.example");
}

}  // namespace
}  // namespace webhook
