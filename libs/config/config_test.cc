#include "config/config.h"

#include <gtest/gtest.h>

#include "config/internal/values.h"

namespace webhook::config {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(Duration, NeedsAUnit) {
  EXPECT_EQ(ParseDuration("250ms"), milliseconds{250});
  EXPECT_EQ(ParseDuration("30s"), seconds{30});
  EXPECT_EQ(ParseDuration("3d"), std::chrono::hours{72});
  for (const char* text : {"", "5", "s", "-5s", "1.5s", "5 s", "5sec", "99999999999s"}) {
    EXPECT_FALSE(ParseDuration(text).has_value()) << text;
  }
  EXPECT_EQ(FormatDuration(seconds{90}), "90s");
  EXPECT_EQ(FormatDuration(seconds{120}), "2m");
  EXPECT_EQ(FormatDuration(milliseconds{0}), "0ms");
}

TEST(Address, IsHostAndPort) {
  for (const char* text : {"127.0.0.1:80", "[::1]:0", "registry.default.svc:65535"})
    EXPECT_TRUE(IsAddress(text)) << text;
  for (const char* text : {"", "host", ":80", "host:", "host:65536", "host:8x", "::1:80"}) {
    EXPECT_FALSE(IsAddress(text)) << text;
  }
}

TEST(List, DropsEmptyParts) {
  EXPECT_EQ(SplitList(" a, b,,c ,"), (std::vector<std::string>{"a", "b", "c"}));
  EXPECT_TRUE(SplitList("").empty());
}

struct Sample {
  milliseconds timeout{};
  std::string kafka;
  std::string profile;
  Secret token;
  std::int64_t lanes = 0;
  double scale = 0;
  bool allow = false;
  Secret old;

  Table Declare() {
    Table table("sample", "For tests.");
    table.Duration("http-timeout", &timeout, seconds{30}, seconds{1}, seconds{60}, "Time of one attempt");
    table.RequiredText("kafka", &kafka, "Brokers");
    table.Choice("profile", &profile, "production", {"production", "development"}, "Profile");
    table.SecretText("internal-token", &token, 8, "Token");
    table.Integer("deliver-threads", &lanes, 2, 1, 64, "Threads");
    table.Number("retry-time-scale", &scale, 1, 0.001, 1, "Scale");
    table.Flag("allow-http", &allow, false, "Allow http");
    table.SecretBytes("kek-old", &old, 4, "Old key", false);
    return table;
  }
};

const std::map<std::string, std::string> kGood = {{"WEBHOOK_KAFKA", "k:1"},
                                                  {"WEBHOOK_INTERNAL_TOKEN", "12345678"}};

TEST(Table, ASecretThatIsNotRequiredMayBeLeftOutAndIsCheckedWhereItIsThere) {
  Sample sample;
  Table table = sample.Declare();
  EXPECT_TRUE(table.Load({}, kGood).violations.empty());
  EXPECT_TRUE(sample.old.empty());
  auto environment = kGood;
  environment["WEBHOOK_KEK_OLD"] = "AAAAAA==";
  EXPECT_TRUE(table.Load({}, environment).violations.empty());
  EXPECT_EQ(sample.old.Reveal(), std::string(4, '\0'));
  environment["WEBHOOK_KEK_OLD"] = "AAAA";
  EXPECT_EQ(table.Load({}, environment).violations.size(), 1u);
}

TEST(Table, FlagBeatsVariableBeatsDefault) {
  Sample sample;
  Table table = sample.Declare();
  auto environment = kGood;
  environment["WEBHOOK_DELIVER_THREADS"] = "4";
  environment["WEBHOOK_HTTP_TIMEOUT"] = "5s";
  const auto loaded =
      table.Load({"--deliver-threads=8", "--retry-time-scale", "0.5", "--allow-http"}, environment);
  EXPECT_TRUE(loaded.violations.empty());
  EXPECT_EQ(loaded.command, Table::Command::kRun);
  EXPECT_EQ(sample.lanes, 8);
  EXPECT_EQ(sample.timeout, seconds{5});
  EXPECT_EQ(sample.scale, 0.5);
  EXPECT_TRUE(sample.allow);
  EXPECT_EQ(sample.profile, "production");
}

TEST(Table, TellsAllMistakesAtOnceAndNeverASecret) {
  Sample sample;
  Table table = sample.Declare();
  const auto loaded =
      table.Load({"--deliver-threads=0", "--unknown=1"}, {{"WEBHOOK_HTTP_TIMEOUT", "5"},
                                                          {"WEBHOOK_PROFILE", "prod"},
                                                          {"WEBHOOK_INTERNAL_TOKEN", "hidden"},
                                                          {"WEBHOOK_REGISTRY_ADR", "x:1"},
                                                          {"WEBHOOK_REGISTRY_ADDR", "x:1"}});
  std::string all;
  for (const FieldViolation& violation : loaded.violations)
    all += violation.pointer + ": " + violation.detail + "\n";
  EXPECT_EQ(loaded.violations.size(), 7U) << all;
  for (const char* part :
       {"--deliver-threads", "--unknown", "WEBHOOK_HTTP_TIMEOUT", "for example 5s", "WEBHOOK_PROFILE",
        "WEBHOOK_INTERNAL_TOKEN", "did you mean WEBHOOK_REGISTRY_ADDR", "kafka"}) {
    EXPECT_NE(all.find(part), std::string::npos) << part << "\n" << all;
  }
  EXPECT_EQ(all.find("hidden"), std::string::npos);
}

TEST(Table, RunsRulesAndHidesSecretsInWhatItShows) {
  Sample sample;
  Table table = sample.Declare();
  table.Rule([&sample] {
    return sample.allow ? std::vector<FieldViolation>{{"allow-http", "no", "not here"}}
                        : std::vector<FieldViolation>{};
  });
  EXPECT_EQ(table.Load({"--allow-http"}, kGood).violations.size(), 1U);
  EXPECT_EQ(table.Effective().find("12345678"), std::string::npos);
  EXPECT_NE(table.Effective().find("internal-token = ***"), std::string::npos);
  EXPECT_NE(table.Help().find("--http-timeout"), std::string::npos);
}

TEST(Table, HelpAndVersionLookAtNothingElse) {
  Sample sample;
  Table table = sample.Declare();
  EXPECT_EQ(table.Load({"--deliver-threads=0", "--help"}, {}).command, Table::Command::kHelp);
  EXPECT_TRUE(table.Load({"--help"}, {}).violations.empty());
  EXPECT_EQ(table.Load({"--version"}, {}).command, Table::Command::kVersion);
}

TEST(Table, ReadsASecretFromItsFileAndRefusesBoth) {
  Sample sample;
  Table table = sample.Declare();
  auto environment = kGood;
  environment["WEBHOOK_INTERNAL_TOKEN_FILE"] = "/nowhere/at/all";
  EXPECT_EQ(table.Load({}, environment).violations.size(), 1U);
  environment.erase("WEBHOOK_INTERNAL_TOKEN");
  const auto loaded = table.Load({}, environment);
  ASSERT_EQ(loaded.violations.size(), 1U);
  EXPECT_NE(loaded.violations[0].detail.find("/nowhere/at/all"), std::string::npos);
}

}  // namespace
}  // namespace webhook::config
