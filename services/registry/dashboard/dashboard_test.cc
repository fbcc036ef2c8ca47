#include "services/registry/dashboard/dashboard.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "services/registry/dashboard/assets.h"

namespace webhook::dashboard {
namespace {

using testing::HasSubstr;
using testing::Not;

http::Request Get(const std::string& path, const std::string& encoding = "gzip, deflate, br") {
  http::Request request;
  request.method = "GET";
  request.path = request.target = path;
  request.headers = {{"accept-encoding", encoding}};
  return request;
}

std::string Header(const http::Response& response, const std::string& name) {
  const auto found = std::find_if(response.headers.begin(), response.headers.end(),
                                  [&](const auto& header) { return header.first == name; });
  return found == response.headers.end() ? "" : found->second;
}

std::string AssetPath(const std::string& name) {
  return "/dashboard/assets/" + std::string(kVersion) + "/" + name;
}

TEST(Dashboard, LeavesOtherPathsAlone) {
  for (const char* path : {"/v2/webhooks", "/dashboards", "/dashboardx/", "//dashboard/", "/favicon.ico"})
    EXPECT_FALSE(Serve(Get(path))) << path;
}

TEST(Dashboard, LeadsToItself) {
  for (const char* path : {"/", "/dashboard"}) {
    const auto response = Serve(Get(path));
    ASSERT_TRUE(response);
    EXPECT_EQ(response->status, 302);
    EXPECT_EQ(Header(*response, "Location"), "/dashboard/");
  }
}

TEST(Dashboard, ShowsThePageAtEveryAddressOfItsOwn) {
  for (const char* path :
       {"/dashboard/", "/dashboard/webhooks/webhook_1", "/dashboard/../v2", "/dashboard/<script>"}) {
    const auto response = Serve(Get(path, "identity"));
    ASSERT_TRUE(response);
    EXPECT_EQ(response->status, 200);
    EXPECT_EQ(response->content_type, "text/html; charset=utf-8");
    EXPECT_EQ(Header(*response, "Cache-Control"), "no-cache");
    EXPECT_THAT(response->body, HasSubstr(AssetPath("app.js")));
    EXPECT_THAT(response->body, Not(HasSubstr("@")));
    EXPECT_THAT(response->body, Not(HasSubstr("/dashboard/<script>")));
  }
}

TEST(Dashboard, ItsPolicyHasNothingUnsafeAndEnforcesTrustedTypes) {
  const auto response = Serve(Get("/dashboard/"));
  const std::string policy = Header(*response, "Content-Security-Policy");
  EXPECT_THAT(policy, HasSubstr("default-src 'none'"));
  EXPECT_THAT(policy, HasSubstr("require-trusted-types-for 'script'"));
  EXPECT_THAT(policy, HasSubstr("frame-ancestors 'none'"));
  EXPECT_THAT(policy, Not(HasSubstr("unsafe")));
  EXPECT_EQ(Header(*response, "X-Content-Type-Options"), "nosniff");
}

TEST(Dashboard, FilesOfItsVersionAreKeptForEver) {
  const auto response = Serve(Get(AssetPath("app.js")));
  ASSERT_TRUE(response);
  EXPECT_EQ(response->status, 200);
  EXPECT_EQ(response->content_type, "text/javascript; charset=utf-8");
  EXPECT_THAT(Header(*response, "Cache-Control"), HasSubstr("immutable"));
}

TEST(Dashboard, FilesOfAnotherReplicasVersionAreShownAndNotKept) {
  const auto response = Serve(Get("/dashboard/assets/000000000000/app.js"));
  ASSERT_TRUE(response);
  EXPECT_EQ(response->status, 200);
  EXPECT_EQ(Header(*response, "Cache-Control"), "no-store");
}

TEST(Dashboard, HasNoOtherFiles) {
  for (const char* name : {"", "index.html", "app.j", "../app.js", "pages/", "../../../etc/passwd"})
    EXPECT_EQ(Serve(Get(AssetPath(name)))->status, 404) << name;
  EXPECT_EQ(Serve(Get("/dashboard/assets/"))->status, 404);
}

TEST(Dashboard, PacksForThoseThatTakeIt) {
  const auto packed = Serve(Get(AssetPath("app.js")));
  EXPECT_EQ(Header(*packed, "Content-Encoding"), "gzip");
  EXPECT_EQ(packed->body.substr(0, 2), "\x1f\x8b");
  for (const char* encoding : {"", "identity", "br", "gzip;q=0"}) {
    const auto plain = Serve(Get(AssetPath("app.js"), encoding));
    EXPECT_EQ(Header(*plain, "Content-Encoding"), "") << encoding;
    EXPECT_THAT(plain->body, HasSubstr("import"));
  }
}

TEST(Dashboard, TakesNothingButGet) {
  http::Request request = Get("/dashboard/");
  request.method = "POST";
  EXPECT_EQ(Serve(request)->status, 405);
}

// The promise of the first load: everything that the page fetches before it shows something.
TEST(Dashboard, TheFirstLoadIsSmall) {
  std::size_t bytes = 0;
  const std::string page = Serve(Get("/dashboard/", "identity"))->body;
  for (const Asset& asset : Assets()) {
    if (asset.name == "index.html" || page.find("/" + std::string(asset.name) + "\"") != std::string::npos)
      bytes += asset.gzip.size();
  }
  EXPECT_LT(bytes, 60'000);
  EXPECT_GT(bytes, 10'000);
}

TEST(Dashboard, CarriesTheLicencesOfWhatItEmbeds) {
  const auto response = Serve(Get(AssetPath("vendor/LICENSES.txt"), "identity"));
  for (const char* name : {"preact", "htm", "uplot", "MIT", "Apache"})
    EXPECT_THAT(response->body, HasSubstr(name));
}

}  // namespace
}  // namespace webhook::dashboard
