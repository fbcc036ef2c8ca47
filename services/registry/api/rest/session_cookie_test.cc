#include "services/registry/api/rest/session_cookie.h"

#include <gtest/gtest.h>

namespace webhook::rest {
namespace {

using std::chrono::seconds;

const SessionCookie kPublic(false);
const SessionCookie kLoopback(true);

std::string Read(const std::string& header) {
  return kPublic.Read(header).Reveal();
}

TEST(SessionCookie, IsSetWithAllThatKeepsItHere) {
  EXPECT_EQ(kPublic.Set(Secret("token"), seconds{60}),
            "__Host-webhook_session=token; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=60");
  EXPECT_EQ(kPublic.Clear(), "__Host-webhook_session=; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=0");
}

TEST(SessionCookie, OnLoopbackHasANameThatNeedsNoTls) {
  EXPECT_EQ(kLoopback.Set(Secret("token"), seconds{60}),
            "webhook_session=token; Path=/; HttpOnly; SameSite=Strict; Max-Age=60");
  EXPECT_EQ(kLoopback.Clear(), "webhook_session=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0");
}

TEST(SessionCookie, IsFoundAmongOthers) {
  EXPECT_EQ(Read("__Host-webhook_session=token"), "token");
  EXPECT_EQ(Read("a=1; __Host-webhook_session=token; b=2"), "token");
  EXPECT_EQ(Read("a=1;__Host-webhook_session = token ;b"), "token");
  EXPECT_EQ(Read(" \t__Host-webhook_session=token;"), "token");
  EXPECT_EQ(Read("__Host-webhook_session=to=ken"), "to=ken");
  EXPECT_EQ(kLoopback.Read("webhook_session=token; __Host-webhook_session=other").Reveal(), "token");
}

TEST(SessionCookie, IsNoneWhereItIsNotThereOrTwice) {
  for (const char* header :
       {"", ";", "=", ";;=;", "__Host-webhook_session", "__Host-webhook_session=", "webhook_session=token",
        "__host-webhook_session=token", "x__Host-webhook_session=token", "a=__Host-webhook_session=token",
        "__Host-webhook_session=a; __Host-webhook_session=a",
        "__Host-webhook_session=; __Host-webhook_session=a"})
    EXPECT_EQ(Read(header), "") << header;
  EXPECT_TRUE(kLoopback.Read("__Host-webhook_session=token").empty());
}

TEST(SessionCookie, IsFoundInAHeaderAsLongAsTheServerTakesOne) {
  constexpr std::size_t kHeader = 16 * 1024;
  const std::string cookie = "__Host-webhook_session=token";
  for (const std::string junk : {";", "=", " ", "a=b; ", "\x01\xff", "__Host-webhook_session"}) {
    std::string long_one;
    while (long_one.size() < kHeader) long_one += junk;
    EXPECT_EQ(Read(long_one), "");
    EXPECT_EQ(Read(long_one + ";" + cookie + ";" + long_one), "token");
  }
  std::string many;
  while (many.size() < kHeader) many += cookie + ";";
  EXPECT_EQ(Read(many), "");
}

TEST(IsLoopbackHost, KnowsOnesOwnMachine) {
  for (const char* host : {"localhost", "LocalHost", "localhost:8080", "localhost:", "127.0.0.1",
                           "127.0.0.1:80", "127.255.255.254:1", "[::1]", "[::1]:8080"})
    EXPECT_TRUE(IsLoopbackHost(host)) << host;
}

TEST(IsLoopbackHost, TakesNobodyElseForIt) {
  for (const char* host : {"",
                           ":",
                           ":8080",
                           "example.com",
                           "localhost.example.com",
                           "xlocalhost",
                           "localhost.",
                           "localhost:80:80",
                           "localhost:x",
                           "127.0.0.1.example.com",
                           "127.1",
                           "128.0.0.1",
                           "0.0.0.0",
                           "10.0.0.1:127",
                           "::1",
                           "[::1",
                           "[::1]x",
                           "[::2]",
                           "[::ffff:127.0.0.1]",
                           "localhost, example.com",
                           "localhost@example.com",
                           " localhost"})
    EXPECT_FALSE(IsLoopbackHost(host)) << host;
}

}  // namespace
}  // namespace webhook::rest
