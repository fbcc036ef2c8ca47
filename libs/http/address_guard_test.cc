#include "http/address_guard.h"

#include <gtest/gtest.h>

namespace webhook::http {
namespace {

std::string Reason(const std::string& address, const GuardPolicy& policy = {}) {
  const auto parsed = IpAddress::Parse(address);
  EXPECT_TRUE(parsed) << address;
  return parsed ? ForbiddenReason(*parsed, policy) : "no address";
}

std::string Verdict(const std::string& text, const GuardPolicy& policy = {.allow_http = true}) {
  const auto url = ParseEndpointUrl(text, "/url");
  if (!url) return "no url";
  const Status checked = CheckUrl(*url, policy, "/url");
  return checked ? "" : checked.error().violations.at(0).code;
}

TEST(AddressGuard, ForbidsEveryAddressThatIsNotPublic) {
  for (const char* address : {
           "127.0.0.1",
           "127.255.255.254",
           "0.0.0.0",
           "10.0.0.1",
           "172.16.0.1",
           "172.31.255.255",
           "192.168.1.1",
           "169.254.169.254",
           "100.64.0.1",
           "100.100.100.200",
           "192.0.0.192",
           "192.0.2.1",
           "198.51.100.1",
           "203.0.113.1",
           "198.18.0.1",
           "198.19.255.255",
           "224.0.0.1",
           "240.0.0.1",
           "255.255.255.255",
           "192.88.99.1",
           "168.63.129.16",
           "::1",
           "::",
           "::ffff:127.0.0.1",
           "::ffff:a9fe:a9fe",
           "::127.0.0.1",
           "::ffff:0:127.0.0.1",
           "64:ff9b::7f00:1",
           "64:ff9b:1::1",
           "2002:7f00:1::",
           "2001::1",
           "fe80::1",
           "fc00::1",
           "fd00:ec2::254",
           "fd00:ec2::23",
           "fd20:ce::254",
           "fec0::1",
           "ff02::1",
           "2001:db8::1",
           "3fff::1",
           "100::1",
           "5f00::1",
           "2001:10::1",
           "2001:2::1",
           "::ffff:100.64.0.1",
       }) {
    EXPECT_NE(Reason(address), "") << address;
  }
}

TEST(AddressGuard, LetsPublicAddressesThrough) {
  for (const char* address : {"1.1.1.1", "8.8.8.8", "172.32.0.1", "100.128.0.1", "2606:4700::1111",
                              "::ffff:8.8.8.8", "64:ff9b::808:808", "2002:808:808::1"}) {
    EXPECT_EQ(Reason(address), "") << address;
  }
}

TEST(AddressGuard, LetsThroughWhatTheOperatorAllowsAndNothingElse) {
  const auto policy = MakeGuardPolicy(true, {"10.1.0.0/16", "::1/128", "192.168.1.128/25"});
  ASSERT_TRUE(policy);
  EXPECT_EQ(Reason("10.1.255.255", *policy), "");
  EXPECT_NE(Reason("10.2.0.0", *policy), "");
  EXPECT_EQ(Reason("::1", *policy), "");
  EXPECT_EQ(Reason("192.168.1.128", *policy), "");
  EXPECT_NE(Reason("192.168.1.127", *policy), "");
}

TEST(AddressGuard, RefusesTheMachinesOwnPublicAddress) {
  GuardPolicy policy;
  policy.own = {*IpAddress::Parse("8.8.4.4")};
  EXPECT_NE(Reason("8.8.4.4", policy), "");
}

TEST(AddressGuard, NamesEveryBadRange) {
  const auto policy = MakeGuardPolicy(false, {"10.0.0.0/33", "10.0.0.0/8", "x/8", "::1/129", "1.2.3.4"});
  ASSERT_FALSE(policy);
  ASSERT_EQ(policy.error().violations.size(), 4u);
  EXPECT_EQ(policy.error().violations[0].pointer, "egress-allow-cidrs");
}

TEST(CheckUrl, ForbidsNamesThatAreNeverPublic) {
  for (const char* url : {"https://localhost/", "https://kubernetes.default.svc/", "https://x.local/",
                          "https://metadata.google.internal/", "https://x.internal/",
                          "https://x.cluster.local/", "https://registry/", "https://LOCALHOST./"}) {
    EXPECT_EQ(Verdict(url), "url_forbidden") << url;
  }
  EXPECT_EQ(Verdict("https://localhost.example.com/"), "");
}

TEST(CheckUrl, ForbidsLiteralAddressesPortsAndPlainHttp) {
  EXPECT_EQ(Verdict("https://169.254.169.254/latest"), "url_forbidden");
  EXPECT_EQ(Verdict("https://[::1]/"), "url_forbidden");
  for (const char* port : {"22", "25", "6379", "9092", "5432"})
    EXPECT_EQ(Verdict("https://example.com:" + std::string(port) + "/"), "url_forbidden") << port;
  EXPECT_EQ(Verdict("https://example.com:8443/"), "");
  EXPECT_EQ(Verdict("http://example.com/"), "");
  EXPECT_EQ(Verdict("http://example.com/", {}), "url_forbidden");
}

TEST(CheckUrl, LeavesPrivateNamesToTheConnectWhereRangesAreAllowed) {
  const auto policy = MakeGuardPolicy(true, {"127.0.0.0/8"});
  ASSERT_TRUE(policy);
  EXPECT_EQ(Verdict("http://localhost:8080/", *policy), "");
  EXPECT_EQ(Verdict("http://127.0.0.1:8080/", *policy), "");
  EXPECT_EQ(Verdict("http://10.0.0.1/", *policy), "url_forbidden");
}

}  // namespace
}  // namespace webhook::http
