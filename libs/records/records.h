#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/result.h"
#include "domain/attempt_record.h"
#include "domain/delivery.h"
#include "domain/event.h"

// Kafka record values <-> domain values (proto/webhook/v1/records.proto).
//
// A decoder accepts only what the platform may act on; everything else is kInvalid with `reason` one of
// record_empty, record_undecodable and record_invalid, and a message that says what is wrong: it goes into
// webhook.poison. What a decoder gives can be encoded again. Decoders know no clock: a due time far away is
// the caller's to clamp. Whether a record's key and partition fit its value is the caller's to judge too.
namespace webhook {

std::string EncodeEvent(const Event& event);
Result<Event> DecodeEvent(std::string_view value);

// REQUIRES: delivery.event is set.
std::string EncodeDelivery(const Delivery& delivery);
// In place of what was there, in its memory.
void EncodeDelivery(const Delivery& delivery, std::string* out);
// The attempt is 1 to kMaxRetries + 1.
Result<Delivery> DecodeDelivery(std::string_view value);

// Text that an endpoint sent is made valid UTF-8 (each wrong byte becomes U+FFFD); the excerpt keeps its
// bytes.
std::string EncodeAttempt(const AttemptRecord& attempt);
void EncodeAttempt(const AttemptRecord& attempt, std::string* out);
Result<AttemptRecord> DecodeAttempt(std::string_view value);

// A record that could not be used, for webhook.poison: where it was, why, and its bytes (key and value cut to
// 256 KiB each, so that the copy always fits where the original did not).
std::string EncodePoison(std::string_view topic, std::int32_t partition, std::int64_t offset,
                         std::string_view reason, std::string_view key, std::string_view value);

struct PoisonRecord {
  std::string topic;
  std::int32_t partition = 0;
  std::int64_t offset = 0;
  std::string reason;
  std::string key;
  std::string value;
};
Result<PoisonRecord> DecodePoison(std::string_view value);

}  // namespace webhook
