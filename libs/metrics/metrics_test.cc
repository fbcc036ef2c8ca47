#include "metrics/metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace webhook::metrics {
namespace {

using ::testing::HasSubstr;

TEST(Registry, RendersWhatWasCounted) {
  Registry registry;
  const Counter counter = registry.MakeCounter("webhook_x_total", "Counts x", {{"kind", "a"}});
  counter.Add();
  counter.Add(2);
  registry.MakeGauge("webhook_y", "Is y").Set(7);
  registry.MakeHistogram("webhook_z_seconds", "Times z", {0.1, 1}).Observe(0.5);
  const std::string text = registry.Render();
  EXPECT_THAT(text, HasSubstr("# HELP webhook_x_total Counts x"));
  EXPECT_THAT(text, HasSubstr("webhook_x_total{kind=\"a\"} 3"));
  EXPECT_THAT(text, HasSubstr("webhook_y 7"));
  EXPECT_THAT(text, HasSubstr("webhook_z_seconds_bucket{le=\"1\"} 1"));
  EXPECT_THAT(text, HasSubstr("webhook_z_seconds_bucket{le=\"0.1\"} 0"));
}

TEST(Registry, AskingTwiceGivesTheSameTimeSeries) {
  Registry registry;
  registry.MakeCounter("webhook_x_total", "Counts x").Add();
  registry.MakeCounter("webhook_x_total", "Counts x").Add();
  EXPECT_THAT(registry.Render(), HasSubstr("webhook_x_total 2"));
}

}  // namespace
}  // namespace webhook::metrics
