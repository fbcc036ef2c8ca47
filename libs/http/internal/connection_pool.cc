#include "http/internal/connection_pool.h"

#include <utility>

namespace webhook::http {
namespace {

constexpr std::chrono::seconds kDistrust{60};

}  // namespace

std::unique_ptr<Connection> ConnectionPool::TakeIdle(std::string_view key) {
  const auto found = by_key_.find(key);
  if (found == by_key_.end()) return nullptr;
  while (!found->second.empty()) {
    const Connection& youngest = *found->second.back();  // the least likely to be closed
    found->second.pop_back();
    std::unique_ptr<Connection> connection = Take(youngest);
    if (connection->StillOpen()) {
      connection->reused = true;
      return connection;
    }
    Closed(std::move(connection));
  }
  return nullptr;
}

// By chance, not the longest idle: of more endpoints than there are places, each called in its turn, that one
// is always the next to be called, and no connection would ever be used again.
bool ConnectionPool::TryOpen() {
  if (open_ >= max_open_ && !idle_.empty()) Drop(*idle_[chance_() % idle_.size()]);
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
  connection->idle_place = idle_.size();
  entries.push_back(connection.get());
  idle_.push_back(std::move(connection));
  on_free();
}

void ConnectionPool::Distrust(std::string_view key, MonoTime now) {
  distrusted_[std::string(key)] = now + kDistrust;
  const auto found = by_key_.find(key);
  if (found == by_key_.end()) return;
  while (!found->second.empty()) Drop(*found->second.back());
}

void ConnectionPool::CloseIdle(MonoTime before, MonoTime now) {
  std::erase_if(distrusted_, [&](const auto& entry) { return entry.second < now; });
  for (std::size_t i = idle_.size(); i-- > 0;) {
    if (idle_[i]->idle_since < before) Drop(*idle_[i]);
  }
  std::erase_if(by_key_, [](const auto& entry) { return entry.second.empty(); });
}

void ConnectionPool::CloseAll() {
  open_ -= idle_.size();
  idle_.clear();
  by_key_.clear();
}

void ConnectionPool::Drop(const Connection& connection) {
  std::erase(by_key_.find(connection.pool_key)->second, &connection);
  Take(connection).reset();
  --open_;
}

std::unique_ptr<Connection> ConnectionPool::Take(const Connection& connection) {
  const std::size_t place = connection.idle_place;
  std::unique_ptr<Connection> taken = std::move(idle_[place]);
  if (place + 1 < idle_.size()) {
    idle_[place] = std::move(idle_.back());
    idle_[place]->idle_place = place;
  }
  idle_.pop_back();
  return taken;
}

}  // namespace webhook::http
