#include "services/delivery-worker/engine/duplicates.h"

namespace webhook {
namespace {

template <typename Map>
void EraseOwn(Map* map, const Bytes16& fingerprint, Token token) {
  const auto found = map->find(fingerprint);
  if (found != map->end() && found->second == token) map->erase(found);
}

}  // namespace

std::optional<Token> Duplicates::Held(const DeliveryPrints& prints) const {
  if (const auto held = by_attempt_.find(prints.attempt); held != by_attempt_.end()) return held->second;
  if (const auto held = by_round_.find(prints.round); held != by_round_.end()) return held->second;
  return std::nullopt;
}

void Duplicates::Hold(const DeliveryPrints& prints, Token token) {
  by_attempt_[prints.attempt] = token;
  by_round_[prints.round] = token;
}

void Duplicates::ReleaseAttempt(const DeliveryPrints& prints, Token token) {
  EraseOwn(&by_attempt_, prints.attempt, token);
}

void Duplicates::Release(const DeliveryPrints& prints, Token token) {
  ReleaseAttempt(prints, token);
  EraseOwn(&by_round_, prints.round, token);
}

}  // namespace webhook
