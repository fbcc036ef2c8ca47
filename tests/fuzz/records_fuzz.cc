// A Kafka record may hold anything: what a decoder accepts can be encoded, and is the same again.
#include "records/records.h"
#include "tests/fuzz/fuzz.h"

namespace webhook {

void Fuzz(std::string_view input) {
  if (input.empty()) return;
  const std::string_view value = input.substr(1);
  switch (input[0] % 3) {
    case 0:
      if (const auto event = DecodeEvent(value)) {
        const std::string encoded = EncodeEvent(*event);
        MUST(EncodeEvent(DecodeEvent(encoded).value()) == encoded);
      }
      break;
    case 1:
      if (const auto delivery = DecodeDelivery(value)) {
        const std::string encoded = EncodeDelivery(*delivery);
        MUST(EncodeDelivery(DecodeDelivery(encoded).value()) == encoded);
      }
      break;
    default:
      if (const auto attempt = DecodeAttempt(value)) {
        const std::string encoded = EncodeAttempt(*attempt);
        MUST(EncodeAttempt(DecodeAttempt(encoded).value()) == encoded);
      }
  }
}

}  // namespace webhook
