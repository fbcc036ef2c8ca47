#include "http/internal/connection_pool.h"

#include <algorithm>
#include <utility>

namespace webhook::http {
namespace {

constexpr std::chrono::seconds kDistrust{60};

}  // namespace

std::unique_ptr<Connection> ConnectionPool::TakeIdle(std::string_view key) {
  const auto found = by_key_.find(key);
  if (found == by_key_.end()) return nullptr;
  while (!found->second.empty()) {
    const Idle::iterator entry = found->second.back();  // the youngest is the least likely to be closed
    found->second.pop_back();
    std::unique_ptr<Connection> connection = Take(entry);
    if (connection->StillOpen()) {
      connection->reused = true;
      return connection;
    }
    Closed(std::move(connection));
  }
  return nullptr;
}

bool ConnectionPool::TryOpen() {
  if (open_ >= max_open_ && !idle_.empty()) Drop(idle_.begin());
  if (open_ >= max_open_) return false;
  ++open_;
  return true;
}

void ConnectionPool::Closed(std::unique_ptr<Connection> connection) {
  connection.reset();
  --open_;
  on_free();
}

void ConnectionPool::Keep(std::unique_ptr<Connection> connection, MonoTime now) {
  if (!distrusted_.empty() && distrusted_.contains(connection->pool_key))
    return Closed(std::move(connection));
  auto& entries = by_key_[connection->pool_key];
  if (entries.size() >= max_idle_per_endpoint_) return Closed(std::move(connection));
  connection->Rest();
  connection->idle_since = now;
  if (nodes_.empty()) nodes_.emplace_back();
  idle_.splice(idle_.end(), nodes_, nodes_.begin());
  idle_.back() = std::move(connection);
  entries.push_back(std::prev(idle_.end()));
  on_free();
}

void ConnectionPool::Distrust(std::string_view key, MonoTime now) {
  distrusted_[std::string(key)] = now + kDistrust;
  const auto found = by_key_.find(key);
  if (found == by_key_.end()) return;
  while (!found->second.empty()) Drop(found->second.front());
}

void ConnectionPool::CloseIdle(MonoTime before, MonoTime now) {
  std::erase_if(distrusted_, [&](const auto& entry) { return entry.second < now; });
  while (!idle_.empty() && idle_.front()->idle_since < before) Drop(idle_.begin());
  std::erase_if(by_key_, [](const auto& entry) { return entry.second.empty(); });
}

void ConnectionPool::CloseAll() {
  open_ -= idle_.size();
  idle_.clear();
  by_key_.clear();
}

void ConnectionPool::Drop(Idle::iterator entry) {
  std::erase(by_key_.at((*entry)->pool_key), entry);
  Take(entry).reset();
  --open_;
}

std::unique_ptr<Connection> ConnectionPool::Take(Idle::iterator entry) {
  std::unique_ptr<Connection> connection = std::move(*entry);
  nodes_.splice(nodes_.end(), idle_, entry);
  return connection;
}

}  // namespace webhook::http
