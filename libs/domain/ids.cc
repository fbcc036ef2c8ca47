#include "domain/ids.h"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <string>

#include "domain/hash.h"

namespace webhook {
namespace {

// Namespaces of our UUIDv5 names; made once at random, fixed for ever: another value would change every
// delivery id.
constexpr Bytes16 kNotificationSpace = {0x5f, 0x0c, 0x3e, 0x91, 0x6b, 0x2d, 0x4a, 0x77,
                                        0x9d, 0x18, 0xe4, 0x52, 0x0b, 0xc6, 0x7a, 0x31};
constexpr Bytes16 kDeliverySpace = {0xa3, 0x71, 0x08, 0xd5, 0x2e, 0x94, 0x4f, 0x1b,
                                    0x8c, 0x60, 0x37, 0xf9, 0x15, 0xbe, 0x42, 0xdd};

// UUIDv5 (RFC 9562 section 5.5) of a name that is made of parts with a bar between.
template <typename MadeId>
MadeId DeriveId(std::string_view prefix, const Bytes16& space, std::initializer_list<std::string_view> name) {
  thread_local std::string room;
  room.assign(reinterpret_cast<const char*>(space.data()), space.size());
  for (const std::string_view part : name) {
    if (room.size() > space.size()) room += '|';
    room += part;
  }
  const std::array<std::uint8_t, 20> digest = Sha1(room);
  Bytes16 bytes;
  std::copy_n(digest.begin(), bytes.size(), bytes.begin());
  bytes[6] = static_cast<std::uint8_t>(0x50 | (bytes[6] & 0x0F));
  bytes[8] = static_cast<std::uint8_t>(0x80 | (bytes[8] & 0x3F));
  room.assign(prefix) += '_';
  AppendBase32(bytes, &room);
  return MadeId(room);
}

}  // namespace

std::string TimeOrderedId(std::string_view prefix, WallTime now, const Bytes16& random) {
  Bytes16 bytes = random;
  auto millis = static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::milliseconds>(now.time_since_epoch()).count());
  for (int i = 5; i >= 0; --i) {
    bytes[static_cast<std::size_t>(i)] = static_cast<std::uint8_t>(millis & 255);
    millis >>= 8;
  }
  bytes[6] = static_cast<std::uint8_t>(0x70 | (bytes[6] & 0x0F));
  bytes[8] = static_cast<std::uint8_t>(0x80 | (bytes[8] & 0x3F));
  return std::string(prefix) + "_" + ToBase32(bytes);
}

NotificationId DeriveNotificationId(const AccountId& account, const EventId& event) {
  return DeriveId<NotificationId>("webhook", kNotificationSpace, {account.view(), event.view()});
}

DeliveryId DeriveDeliveryId(const AccountId& account, const EventId& event, const WebhookId& webhook) {
  return DeriveId<DeliveryId>("delivery", kDeliverySpace, {account.view(), event.view(), webhook.view()});
}

bool IsIdText(std::string_view text) {
  if (text.empty() || text.size() > 128) return false;
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  });
}

}  // namespace webhook
