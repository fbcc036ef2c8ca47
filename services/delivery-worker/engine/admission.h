#pragma once

#include <absl/container/node_hash_map.h>

#include <cstddef>
#include <functional>
#include <limits>
#include <memory>
#include <memory_resource>
#include <string>
#include <string_view>
#include <utility>

#include "core/fair_line.h"
#include "core/key_hash.h"
#include "core/places.h"
#include "core/short_text.h"
#include "domain/ids.h"
#include "domain/webhook.h"
#include "services/delivery-worker/engine/ports.h"

namespace webhook {

// Requests in flight at once, of one thread that delivers. The defaults are for tests: wiring.cc sets `total`
// to the setting http-max-connections, `account` to a quarter of that, `host` to http-max-per-address and
// `in_turn` to 64.
struct AdmissionLimits {
  std::size_t total = 4'000;
  std::size_t account = 1'000;  // of one account, over all its webhooks: none can occupy the worker
  // To one host and port as URLs write them, over all webhooks that point there. The same setting bounds the
  // HTTP client's requests to one IP address and port (ClientOptions::max_busy_per_address): where several
  // names lead to one machine, a request that has its place here may wait there.
  std::size_t host = 64;
  // Begun in one turn of the loop; what has been answered meanwhile is heard before more are begun. So
  // requests to quick endpoints do not pile up, each with a connection of its own, where the loop is what is
  // slow.
  std::size_t in_turn = std::numeric_limits<std::size_t>::max();
};

// The requests in flight of all lanes of one loop: one account, or many webhooks that point at one host, can
// take only their part of what the loop may have open (a gate's own bound is one webhook's only). Who finds
// no place free stands in line: for any place, or for one of its account, or of its host; in each line the
// accounts take turns, so that one with a thousand slow webhooks at a host does not keep another from it. The
// limits of a loop are set in wiring.cc: `total` is that of its HTTP client, so that requests wait here and
// not there. Pure; no lock.
class Admission {
 public:
  // Who asks for places. A lane's runner; it may go while it stands in line.
  class Asker {
   public:
    virtual ~Asker() = default;
    // Called once, from within Leave(), SetShare() or BeginTurn(), when a place for the webhook may be free:
    // asks Enter() again, or leaves the place to the next in line. Does not call Leave().
    virtual void OnTurn(const Webhook& webhook) = 0;
  };

  // `ask_turn`: asks for one BeginTurn(), soon and not from inside the call; where in_turn has no bound it is
  // never called.
  explicit Admission(
      const AdmissionLimits& limits, std::function<void()> ask_turn = [] {});

  // Takes a place for a request to the webhook. Where it is not taken, the asker's turn comes.
  [[nodiscard]] Place Enter(const std::shared_ptr<const Webhook>& webhook, const std::weak_ptr<Asker>& asker);
  // Gives back what Enter() gave for this webhook, as it was then.
  void Leave(const Webhook& webhook);
  // The part of all places that may be used: 0 to 1, at first 1.
  void SetShare(double share);
  // The loop has heard what there was to hear: limits.in_turn more may be begun.
  void BeginTurn();

  std::size_t in_flight() const { return in_flight_; }

 private:
  // Who stands in line, and what it waits for a place of.
  struct Waiter {
    std::weak_ptr<Asker> asker;
    std::shared_ptr<const Webhook> webhook;
  };
  using Line = FairLine<AccountId, Waiter>;
  // What has only so many places for each key. Where someone waits in a key's line, either none of its places
  // is free, or for each that is, one who waited there stands in the line for any place.
  template <typename Key>
  struct Scarce {
    std::pmr::memory_resource* memory;
    Places<Key> places;
    absl::node_hash_map<Key, Line, KeyHash<Key>, std::equal_to<>> lines;  // only where someone waits

    // The key's line; null: nobody waits there.
    template <typename Name>
    Line* Waiting(const Name& key) {
      const auto found = lines.find(key);
      return found == lines.end() ? nullptr : &found->second;
    }
    template <typename Name>
    Line* LineOf(const Name& key) {
      return &lines.try_emplace(Key(key), memory).first->second;
    }
  };

  std::size_t Free() const;
  // Someone waits who could begin in the next turn.
  void AskTurn();
  // Where a request of them has to wait; null: nowhere. In its turn nobody is before it.
  std::pair<Place, Line*> LineFor(const AccountId& account, std::string_view host);
  void Call(const Waiter& waiter);
  void ServeAll();
  template <typename Key, typename Name>
  void Serve(Scarce<Key>& scarce, const Name& key);

  const std::size_t total_;
  const std::size_t in_turn_most_;
  const std::function<void()> ask_turn_;
  double share_ = 1;
  std::size_t in_flight_ = 0;
  std::size_t left_in_turn_;
  bool turn_asked_ = false;
  bool asking_ = false;                            // an asker, in its turn
  std::pmr::unsynchronized_pool_resource memory_;  // of those who wait
  Line line_{&memory_};                            // for any place
  Scarce<AccountId> accounts_;
  Scarce<ShortText> hosts_;
};

// "host:port" of a normalised, absolute URL, as it is written there.
std::string_view AuthorityOf(std::string_view url);

}  // namespace webhook
