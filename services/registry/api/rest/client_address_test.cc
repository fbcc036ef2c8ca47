#include "services/registry/api/rest/client_address.h"

#include <gtest/gtest.h>

namespace webhook::rest {
namespace {

std::string Address(const std::string& peer, const std::vector<std::string>& forwarded) {
  http::Request request;
  request.remote_address = peer;
  for (const std::string& value : forwarded) request.headers.emplace_back("x-forwarded-for", value);
  return ClientAddress(request, *ReadTrustedProxies({"10.0.0.0/8", "fd00::/8"}));
}

TEST(ClientAddress, IsThePeersWhereNoProxyIsTrusted) {
  EXPECT_EQ(Address("192.0.2.1", {}), "192.0.2.1");
  EXPECT_EQ(Address("192.0.2.1", {"203.0.113.1"}), "192.0.2.1");
}

TEST(ClientAddress, IsTheNearestThatIsNoProxy) {
  EXPECT_EQ(Address("10.0.0.1", {}), "10.0.0.1");
  EXPECT_EQ(Address("10.0.0.1", {"203.0.113.1"}), "203.0.113.1");
  EXPECT_EQ(Address("10.0.0.1", {"198.51.100.7, 203.0.113.1 , 10.0.0.2"}), "203.0.113.1");
  EXPECT_EQ(Address("10.0.0.1", {"198.51.100.7", "203.0.113.1"}), "203.0.113.1");
  EXPECT_EQ(Address("fd00::1", {"2001:db8::7"}), "2001:db8::7");
  EXPECT_EQ(Address("10.0.0.1", {"10.0.0.3"}), "10.0.0.3");
}

TEST(ClientAddress, IsNothingThatACallerMakesUp) {
  for (const char* made_up : {"", "unknown", "203.0.113.1:80", "'; DROP TABLE", ","})
    EXPECT_EQ(Address("10.0.0.1", {made_up}), "10.0.0.1") << made_up;
  EXPECT_EQ(Address("10.0.0.1", {"127.0.0.1, 203.0.113.1"}), "203.0.113.1");
}

TEST(ClientAddress, RangesAreChecked) {
  EXPECT_FALSE(ReadTrustedProxies({"10.0.0.0/8", "ten"}).ok());
}

}  // namespace
}  // namespace webhook::rest
