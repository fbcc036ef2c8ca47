#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/key_hash.h"
#include "core/time.h"
#include "http/internal/connection.h"

namespace webhook::http {

// Idle connections by key, and a ceiling on all that are open. A key names the origin of one sender: its
// account, and scheme, host as the URL writes it, and port. On the loop's thread only.
class ConnectionPool {
 public:
  // `max_idle_per_endpoint`: kept for each origin of one sender.
  ConnectionPool(std::size_t max_open, std::size_t max_idle_per_endpoint)
      : max_open_(max_open), max_idle_per_endpoint_(max_idle_per_endpoint) {}

  // An idle connection of the key that its peer has not closed; null: none.
  std::unique_ptr<Connection> TakeIdle(std::string_view key);
  // Place for one more open connection: an idle one, of any key, is closed for it where need be.
  // False: all are busy. Closed() must follow in the end.
  bool TryOpen();
  // Closes a connection for which there was a place.
  void Closed(std::unique_ptr<Connection> connection);
  // Keeps a connection for the next request. The pool closes it where it has enough.
  void Keep(std::unique_ptr<Connection> connection, MonoTime now);
  // A kept connection of the key was closed without an answer: closes the others of the key, and keeps none
  // of it for a minute.
  void Distrust(std::string_view key, MonoTime now);
  // Closes what has been idle since before, and trusts again whom it is time for.
  void CloseIdle(MonoTime before, MonoTime now);
  void CloseAll();

  // Called where a place becomes free.
  std::function<void()> on_free = [] {};

 private:
  // Takes it out of idle_.
  std::unique_ptr<Connection> Take(const Connection& connection);
  // Closes one that is idle.
  void Drop(const Connection& connection);

  const std::size_t max_open_;
  const std::size_t max_idle_per_endpoint_;
  std::size_t open_ = 0;
  std::vector<std::unique_ptr<Connection>> idle_;  // in no order; each knows its place
  // The youngest last. Of a key whose connections are all busy the entry stays, empty, until the next sweep.
  std::unordered_map<std::string, std::vector<const Connection*>, TextHash, std::equal_to<>> by_key_;
  std::unordered_map<std::string, MonoTime> distrusted_;  // until when
  std::minstd_rand chance_;
};

}  // namespace webhook::http
