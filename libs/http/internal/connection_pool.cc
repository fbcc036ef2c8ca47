#include "http/internal/connection_pool.h"

#include <algorithm>

namespace webhook::http {
namespace {

constexpr std::chrono::seconds kDistrust{60};

}  // namespace

std::shared_ptr<Connection> ConnectionPool::TakeIdle(const std::string& key) {
  const auto found = by_key_.find(key);
  if (found == by_key_.end()) return nullptr;
  while (!found->second.empty()) {
    const Idle::iterator entry = found->second.back();  // the youngest is the least likely to be closed
    std::shared_ptr<Connection> connection = *entry;
    found->second.pop_back();
    idle_.erase(entry);
    const bool usable = connection->StillOpen();
    if (usable) {
      if (found->second.empty()) by_key_.erase(found);
      connection->reused = true;
      return connection;
    }
    connection->Close();
    Closed();
  }
  by_key_.erase(found);
  return nullptr;
}

bool ConnectionPool::TryOpen() {
  if (open_ >= max_open_ && !idle_.empty()) Drop(idle_.begin());
  if (open_ >= max_open_) return false;
  ++open_;
  return true;
}

void ConnectionPool::Closed() {
  --open_;
  on_free();
}

void ConnectionPool::Keep(std::shared_ptr<Connection> connection, MonoTime now) {
  if (distrusted_.contains(connection->pool_key)) {
    connection->Close();
    return Closed();
  }
  auto& entries = by_key_[connection->pool_key];
  if (entries.size() >= max_idle_per_endpoint_) {
    connection->Close();
    return Closed();
  }
  connection->idle_since = now;
  idle_.push_back(std::move(connection));
  entries.push_back(std::prev(idle_.end()));
  on_free();
}

void ConnectionPool::Distrust(const std::string& key, MonoTime now) {
  distrusted_[key] = now + kDistrust;
  while (by_key_.contains(key)) Drop(by_key_.at(key).front());
}

void ConnectionPool::CloseIdle(MonoTime before, MonoTime now) {
  std::erase_if(distrusted_, [&](const auto& entry) { return entry.second < now; });
  while (!idle_.empty() && idle_.front()->idle_since < before) Drop(idle_.begin());
}

void ConnectionPool::CloseAll() {
  for (const auto& connection : idle_) connection->Close();
  open_ -= idle_.size();
  idle_.clear();
  by_key_.clear();
}

void ConnectionPool::Drop(Idle::iterator entry) {
  const std::shared_ptr<Connection> connection = *entry;
  const auto found = by_key_.find(connection->pool_key);
  std::erase(found->second, entry);
  if (found->second.empty()) by_key_.erase(found);
  idle_.erase(entry);
  connection->Close();
  --open_;
}

}  // namespace webhook::http
