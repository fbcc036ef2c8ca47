#include "metrics/metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <set>
#include <string>

#include "metrics/families.h"
#include "metrics/reference.h"

namespace webhook::metrics {
namespace {

using ::testing::HasSubstr;

constexpr std::array kBounds = {0.1, 1.0};
constexpr auto kX = CounterOf("webhook_x_total", "test", "Counts x", Label{"kind", "a, b"});
constexpr auto kY = GaugeOf("webhook_y", "test", "Is y");
constexpr auto kZ = HistogramOf("webhook_z_seconds", "test", "Times z", kBounds);

TEST(Registry, RendersWhatWasCounted) {
  Registry registry;
  const Counter counter = registry.Make(kX, {{"kind", "a"}});
  counter.Add();
  counter.Add(2);
  registry.Make(kY).Set(7);
  registry.Make(kZ).Observe(0.5);
  const std::string text = registry.Render();
  EXPECT_THAT(text, HasSubstr("# HELP webhook_x_total Counts x"));
  EXPECT_THAT(text, HasSubstr("webhook_x_total{kind=\"a\"} 3"));
  EXPECT_THAT(text, HasSubstr("webhook_y 7"));
  EXPECT_THAT(text, HasSubstr("webhook_z_seconds_bucket{le=\"1\"} 1"));
  EXPECT_THAT(text, HasSubstr("webhook_z_seconds_bucket{le=\"0.1\"} 0"));
  EXPECT_THAT(text, HasSubstr("webhook_build_info{"));
}

TEST(Registry, AskingTwiceGivesTheSameTimeSeries) {
  Registry registry;
  registry.Make(kX, {{"kind", "b"}}).Add();
  registry.Make(kX, {{"kind", "b"}}).Add();
  EXPECT_THAT(registry.Render(), HasSubstr("webhook_x_total{kind=\"b\"} 2"));
}

TEST(RegistryDeathTest, LabelsAreTheFamilys) {
  Registry registry;
  EXPECT_DEATH(registry.Make(kX, {{"kind", "c"}}), "webhook_x_total");
  EXPECT_DEATH(registry.Make(kX), "webhook_x_total");
  EXPECT_DEATH(registry.Make(kX, {{"kind", "a"}, {"id", "1"}}), "webhook_x_total");
}

TEST(Families, AreNamedAsPrometheusAsks) {
  std::set<std::string_view> names;
  for (const Family* family : kFamilies) {
    EXPECT_TRUE(names.insert(family->name).second) << family->name << " is there twice";
    EXPECT_EQ(family->name.ends_with("_total"), family->kind == Kind::kCounter) << family->name;
    EXPECT_EQ(family->bounds.empty(), family->kind != Kind::kHistogram) << family->name;
    EXPECT_FALSE(family->help.empty()) << family->name;
  }
}

TEST(Reference, IsWhatTheDocumentSays) {
  std::ifstream file(WEBHOOK_REFERENCE);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  EXPECT_EQ(text, Reference()) << "write it anew: ./dev docs";
}

}  // namespace
}  // namespace webhook::metrics
