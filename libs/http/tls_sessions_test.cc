#include "http/internal/tls_sessions.h"

#include <gtest/gtest.h>

namespace webhook::http {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

constexpr MonoTime kMono{hours{100}};
constexpr WallTime kWall{seconds{1'705'314'600}};  // Mon, 15 Jan 2024 10:30:00 GMT
constexpr Now kNow{kMono, kWall};

TlsSessions::Entry Made(MonoTime verified_at, WallTime valid_until = kWall + hours(24)) {
  return {TlsSessions::Owned(SSL_SESSION_new()), verified_at, valid_until};
}

TEST(TlsSessions, TheLastOfAnEndpointIsOfferedToItAlone) {
  TlsSessions sessions;
  sessions.Keep("a", Made(kMono));
  auto second = Made(kMono);
  const SSL_SESSION* last = second.session.get();
  sessions.Keep("a", std::move(second));
  const auto* found = sessions.Find("a", kNow);
  ASSERT_NE(found, nullptr);
  EXPECT_EQ(found->session.get(), last);
  EXPECT_EQ(sessions.Find("b", kNow), nullptr);
  sessions.Forget("a");
  EXPECT_EQ(sessions.Find("a", kNow), nullptr);
}

TEST(TlsSessions, NoneIsOfferedAnHourAfterAWholeHandshake) {
  TlsSessions sessions;
  sessions.Keep("young", Made(kMono - hours(1) + seconds(1)));
  sessions.Keep("old", Made(kMono - hours(1)));
  EXPECT_NE(sessions.Find("young", kNow), nullptr);
  EXPECT_EQ(sessions.Find("old", kNow), nullptr);
}

TEST(TlsSessions, NoneIsOfferedOnceItsCertificateHasEnded) {
  TlsSessions sessions;
  sessions.Keep("good", Made(kMono, kWall + seconds(1)));
  sessions.Keep("ended", Made(kMono, kWall));
  EXPECT_NE(sessions.Find("good", kNow), nullptr);
  EXPECT_EQ(sessions.Find("ended", kNow), nullptr);
}

TEST(TlsSessions, AThousandAreKept) {
  TlsSessions sessions;
  for (std::size_t i = 0; i <= TlsSessions::kMax; ++i) sessions.Keep(std::to_string(i), Made(kMono));
  std::size_t found = 0;
  for (std::size_t i = 0; i <= TlsSessions::kMax; ++i)
    found += sessions.Find(std::to_string(i), kNow) ? 1 : 0;
  EXPECT_EQ(found, TlsSessions::kMax);
}

TEST(TlsSessions, ACertificateSaysItsEnd) {
  const std::unique_ptr<X509, decltype(&X509_free)> certificate(X509_new(), &X509_free);
  ASN1_TIME_set_string_X509(X509_getm_notAfter(certificate.get()), "20240115103000Z");
  EXPECT_EQ(ValidUntil(certificate.get()), kWall);
  EXPECT_EQ(ValidUntil(nullptr), std::nullopt);
}

}  // namespace
}  // namespace webhook::http
