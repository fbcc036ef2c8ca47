#include "services/registry/api/operations/document.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "services/registry/store/accounts.h"

namespace webhook {
namespace {

using nlohmann::json;

const Operation& Named(const std::string& id) {
  const auto& operations = Document::Get().operations();
  return *std::find_if(operations.begin(), operations.end(),
                       [&](const Operation& operation) { return operation.id == id; });
}

TEST(Document, PromisesNothingThatIsNotChecked) {
  EXPECT_THAT(Document::Get().UnknownKeywords(), ::testing::IsEmpty());
}

TEST(Document, NamesEachOperationOnceAndOnlyScopesThatThereAre) {
  std::set<std::string> ids;
  for (const Operation& operation : Document::Get().operations()) {
    EXPECT_TRUE(ids.insert(operation.id).second) << operation.id;
    for (const std::string& scope : operation.access.scopes)
      EXPECT_THAT(store::AllScopes(), ::testing::Contains(scope));
    EXPECT_EQ(operation.open, operation.id == "getApiDescription" || operation.id == "getApiDocs")
        << operation.id;
  }
}

TEST(Document, WhoHasAKeyMayComeByASessionButToMakeOne) {
  for (const Operation& operation : Document::Get().operations()) {
    const bool current = operation.path == "/v2/sessions/current";
    EXPECT_EQ(operation.access.by_key, !operation.open && !current) << operation.id;
    EXPECT_EQ(operation.access.by_session, !operation.open && operation.id != "createSession")
        << operation.id;
  }
  EXPECT_THAT(Named("createWebhook").access.scopes, ::testing::ElementsAre("webhooks:write"));
  EXPECT_EQ(Document::Get().Find("DELETE", "/v2/sessions/current").operation->id, "endCurrentSession");
}

TEST(Document, FindsOperations) {
  const Document& document = Document::Get();
  EXPECT_EQ(document.Find("GET", "/v2/webhooks/webhook_1").operation->id, "getWebhook");
  EXPECT_EQ(document.Find("GET", "/v2/webhooks/webhook_1").id, "webhook_1");
  EXPECT_EQ(document.Find("POST", "/v2/webhooks/test").operation->id, "testWebhook");
  EXPECT_EQ(document.Find("GET", "/v2/webhooks/health").operation->id, "listWebhookHealth");
  EXPECT_EQ(document.Find("POST", "/v2/deliveries/delivery_1/redeliver").id, "delivery_1");
  EXPECT_EQ(document.Find("TRACE", "/v2/webhooks").operation, nullptr);
  EXPECT_EQ(document.Find("TRACE", "/v2/webhooks").allowed, "GET, POST");
  EXPECT_EQ(document.Find("GET", "/v2/webhooks/test").allowed, "POST") << "it is no webhook's id";
  for (const char* path :
       {"", "/", "/v2", "/v2/webhooks/", "/v2/webhooks//", "/v2/webhooks/a/b", "/v2/nothing"}) {
    const auto found = document.Find("GET", path);
    EXPECT_EQ(found.operation, nullptr) << path;
    EXPECT_EQ(found.allowed, "") << path;
  }
}

TEST(Document, ReadsAQuery) {
  const Operation& list = Named("listDeliveries");
  std::vector<FieldViolation> violations;
  const auto read = Document::Get().ReadQuery(list, {{"limit", "7"}, {"state", "failed"}}, &violations);
  EXPECT_EQ(read.at("limit"), 7);
  EXPECT_EQ(read.at("state"), "failed");
  EXPECT_EQ(Document::Get().ReadQuery(list, {}, &violations).at("limit"), 50);
  EXPECT_THAT(violations, ::testing::IsEmpty());
}

TEST(Document, RefusesAQueryWithEachMistake) {
  const Operation& list = Named("listDeliveries");
  std::vector<FieldViolation> violations;
  Document::Get().ReadQuery(list,
                            {{"limit", "0"},
                             {"sate", "failed"},
                             {"event", "user.created"},
                             {"event", "user.created"},
                             {"state", "x"}},
                            &violations);
  std::vector<std::string> told;
  for (const FieldViolation& violation : violations) told.push_back(violation.pointer + " " + violation.code);
  EXPECT_THAT(told, ::testing::UnorderedElementsAre("/limit out_of_range", "/sate unknown_parameter",
                                                    "/event given_twice", "/state unknown_value"));
  for (const char* limit : {"", "-1", "1.5", "1x", " 1", "101", "99999999999999999999"}) {
    violations.clear();
    Document::Get().ReadQuery(list, {{"limit", limit}}, &violations);
    EXPECT_THAT(violations, ::testing::SizeIs(1)) << limit;
  }
}

TEST(Document, ChecksABody) {
  const Operation& create = Named("createWebhook");
  EXPECT_THAT(
      Document::Get().CheckBody(create, json::parse(R"({"url": "https://example.com/", "events": ["*"]})")),
      ::testing::IsEmpty());
  EXPECT_EQ(Document::Get().CheckBody(create, json::object()).size(), 2U);
  // A secret is brought at create only.
  EXPECT_EQ(
      Document::Get().CheckBody(Named("updateWebhook"), json::parse(R"({"secret": "whsec_x"})")).at(0).code,
      "unknown_field");
}

}  // namespace
}  // namespace webhook
