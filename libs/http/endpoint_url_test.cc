#include "http/endpoint_url.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace webhook::http {
namespace {

std::string Normalised(std::string_view text) {
  const auto url = ParseEndpointUrl(text, "/url");
  return url ? url->text : url.error().violations.at(0).code;
}

TEST(EndpointUrl, KeepsWhatIsInItsOneForm) {
  for (const char* text :
       {"https://example.com/", "https://example.com:8443/a/b?c=d&e=%20", "https://1.2.3.4/",
        "https://[2001:db8::1]:444/x", "http://example.com/", "https://a_b.example.com/"}) {
    EXPECT_EQ(Normalised(text), text);
  }
}

TEST(EndpointUrl, BringsOtherFormsToTheOne) {
  EXPECT_EQ(Normalised("HtTpS://EXAMPLE.com"), "https://example.com/");
  EXPECT_EQ(Normalised("https://example.com:443/"), "https://example.com/");
  EXPECT_EQ(Normalised("http://example.com:80?x"), "http://example.com/?x");
  EXPECT_EQ(Normalised("https://example.com./"), "https://example.com/");
  EXPECT_EQ(Normalised("https://bücher.example/"), "https://xn--bcher-kva.example/");
  EXPECT_EQ(Normalised("https://[2001:DB8:0:0::1]/"), "https://[2001:db8::1]/");
}

TEST(EndpointUrl, SaysWhatToDialAndWhatToName) {
  const auto url = ParseEndpointUrl("https://example.com:8443/hook?a=1", "/url");
  ASSERT_TRUE(url);
  EXPECT_TRUE(url->tls);
  EXPECT_EQ(url->host, "example.com");
  EXPECT_EQ(url->port, 8443);
  EXPECT_EQ(url->target, "/hook?a=1");
  EXPECT_EQ(url->HostHeader(), "example.com:8443");
  const auto v6 = ParseEndpointUrl("http://[::1]:80/", "/url");
  ASSERT_TRUE(v6);
  EXPECT_TRUE(v6->host_is_ip);
  EXPECT_EQ(v6->host, "::1");
  EXPECT_EQ(v6->HostHeader(), "[::1]");
}

// What some resolvers would read as an address.
TEST(EndpointUrl, RefusesWhatIsNoUrlOrHidesItsHost) {
  for (const std::string text : {
           "http://127.1/",
           "http://2130706433/",
           "http://0x7f000001/",
           "http://0177.0.0.1/",
           "http://0x7f.1/",
           "http://[fe80::1%25eth0]/",
           "file:///etc/passwd",
           "gopher://127.0.0.1:6379/_x",
           "ftp://x.com/",
           "javascript:alert(1)",
           "data:text/plain,x",
           "http://x.com:0/",
           "http://x.com:65536/",
           "http://x.com:-1/",
           "http://x.com:99999999999/",
           "http://x.com:080/",
           "http://x.com:/",
           "http://a:b@example.com/",
           "http://example.com@127.0.0.1/",
           "http://127.0.0.1#@example.com/",
           "http://127.0.0.1\\@example.com/",
           "http://exa%0Ample.com/",
           "http://ex\tample.com/",
           "http://ex\nample.com/",
           "http://%31%32%37.0.0.1/",
           "http://①②⑦.⓪.⓪.①/",
           "http://[example.com]/",
           "https://xn--a.com/",
           "http:///x",
           "http:x.com",
           "//x.com",
           "http://[::1",
           "http://1.2.3.4.5/",
           "http://256.1.1.1/",
           "http://1.2.3/",
           " https://x.com/",
           "https://x.com/ ",
           "https://x.com/ä",
           "https://x.com/%zz",
           "https://x.com/#f",
           "https://-x.com/",
           "https://x..com/",
           "",
           "https://",
       }) {
    EXPECT_EQ(Normalised(text), "url_invalid") << text;
  }
  EXPECT_EQ(Normalised(std::string("https://x.com/\0y", 16)), "url_invalid");
  EXPECT_EQ(Normalised("https://" + std::string(64, 'a') + ".com/"), "url_invalid");
  std::string long_host = "https://";
  for (int i = 0; i < 64; ++i) long_host += "abc.";
  EXPECT_EQ(Normalised(long_host + "com/"), "url_invalid");
}

TEST(EndpointUrl, TakesTwoThousandAndFortyEightBytesAndNoMore) {
  const std::string start = "https://example.com/";
  const std::string longest = start + std::string(kMaxUrlBytes - start.size(), 'a');
  EXPECT_EQ(Normalised(longest), longest);
  EXPECT_EQ(Normalised(longest + "a"), "url_invalid");
}

}  // namespace
}  // namespace webhook::http
