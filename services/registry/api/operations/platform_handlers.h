#pragma once

#include "core/secret.h"
#include "kafka/cluster.h"
#include "services/registry/api/operations/call.h"
#include "services/registry/api/operations/call_places.h"
#include "services/registry/api/operations/platform_reader.h"

namespace webhook {

// The operations of openapi/platform.yaml: they show what is of all accounts, to keys with the scope
// `operator` (ADR 0019).
class PlatformHandlers {
 public:
  // The reader outlives this.
  PlatformHandlers(PlatformReader& reader, kafka::Cluster cluster, Secret cursor_key);
  void AddTo(Handlers* handlers);

 private:
  Result<Reply> Get(const Call& call) const;
  Result<Reply> ListPoison(const Call& call) const;

  PlatformReader& reader_;
  const kafka::Cluster cluster_;
  const Secret cursor_key_;
  mutable CallPlaces reading_;
};

nlohmann::ordered_json ToJson(const PlatformState& state);

}  // namespace webhook
