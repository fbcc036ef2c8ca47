#include "services/registry/store/packed.h"

#include <gtest/gtest.h>

#include <stdexcept>

namespace webhook::store {
namespace {

constexpr std::string_view kHead =
    "POST /o/16 HTTP/1.1\r\nHost: 127.1.0.16:44133\r\nContent-Type: application/json\r\nUser-Agent: "
    "Platform-Webhooks/1.0\r\nX-Platform-Event: user.created\r\nX-Platform-Delivery: "
    "delivery_6agvq49nt3arc8b7m2pyjfrjv7\r\nX-Platform-Attempt: 1\r\nX-Platform-Signature: "
    "sha256=97d917cf7ccf7a660736aafacc23006e804df4ce587bda8fb707c3cd64071422\r\nwebhook-id: "
    "webhook_18bmq1qpe3as68rmggkggq8en3\r\nwebhook-timestamp: 1795823055\r\nwebhook-signature: "
    "v1,SAr/PX9cOMnkWkk8kuCgxeucHaISrqKwTihQrCY1z4A=\r\nContent-Length: 1155\r\n\r\n";

TEST(Packed, AHeadTakesLessThanHalf) {
  Packer packer;
  const std::string packed(packer.Pack(Dictionary::kHead, kHead));
  EXPECT_LT(packed.size(), kHead.size() / 2);
  EXPECT_EQ(Unpack(packed), kHead);
}

TEST(Packed, WhateverItIsComesBack) {
  Packer packer;
  std::string noise;
  for (unsigned state = 1; noise.size() < 500; state = state * 1'103'515'245 + 12'345)
    noise.push_back(static_cast<char>(state >> 16));
  const std::string body =
      R"({"id":"webhook_1","event":"user.created","data":{)" + std::string(70, ' ') + "}}";
  for (const std::string& bytes : {std::string(), std::string("{}"), body, std::string(100'000, 'x'), noise,
                                   std::string("\0", 1), std::string("\0\1{}", 4), std::string(300, '\0')}) {
    for (const Dictionary dictionary : {Dictionary::kBody, Dictionary::kHead})
      EXPECT_EQ(Unpack(packer.Pack(dictionary, bytes)), bytes);
  }
}

TEST(Packed, WhatWasWrittenBeforeIsAsItIs) {
  EXPECT_EQ(Unpack("{\"a\":1}"), "{\"a\":1}");
  EXPECT_EQ(Unpack(kHead), kHead);
}

TEST(Packed, BrokenBytesAreTold) {
  Packer packer;
  const std::string packed(packer.Pack(Dictionary::kHead, kHead));
  EXPECT_THROW(Unpack(packed.substr(0, packed.size() - 5)), std::runtime_error);
  EXPECT_THROW(Unpack(std::string("\0", 1)), std::runtime_error);
  EXPECT_THROW(Unpack(std::string("\0\x09", 2)), std::runtime_error);
  EXPECT_THROW(Unpack(std::string("\0\1{}", 4)), std::runtime_error);
}

}  // namespace
}  // namespace webhook::store
