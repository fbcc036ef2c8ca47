#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/result.h"
#include "core/secret.h"
#include "core/time.h"
#include "http/server.h"

namespace webhook::receiver {

// How an endpoint answers, for a number of requests.
struct Behaviour {
  int status = 200;
  int times = 1;
  std::map<std::string, std::string> headers;
  std::string body;
  std::chrono::milliseconds delay{0};
  bool hang = false;  // never answers
};

// The endpoints of the receiver: what they are told to answer, and what they have received. Keeps at most
// kMaxKept requests and kMaxKeptBytes of bodies; older ones go, but stay counted. All methods from any
// thread.
class EndpointBook {
 public:
  static constexpr std::size_t kMaxKept = 200'000;
  static constexpr std::size_t kMaxKeptBytes = 64u << 20;

  // {"secret": "whsec_…", "responses": [{"status","times","headers","body","delay_ms","hang"}]}; after the
  // last one the endpoint answers 200 again.
  Status Configure(const std::string& name, const std::string& body);
  void Clear(const std::string& name);

  // A delivery: is noted with the verdict on its signatures, and answered as told.
  http::Response Receive(const std::string& name, const http::Request& request, Now now);

  // {"data": [requests with seq > since]}.
  nlohmann::ordered_json Requests(const std::string& name, std::int64_t since, std::size_t limit) const;
  // {"NAME": {"requests", "deliveries", "duplicates", "invalid"}}: duplicates = requests after a delivery's
  // first 2xx.
  nlohmann::ordered_json Summary() const;

 private:
  struct Kept {
    std::int64_t seq = 0;
    WallTime at{};
    http::Request request;
    std::string signature;
    std::string standard;
    int status = 0;
  };
  struct Endpoint {
    Secret secret;
    std::deque<Behaviour> responses;
    std::deque<Kept> kept;
    std::int64_t requests = 0;
    std::int64_t duplicates = 0;
    std::int64_t invalid = 0;
    std::set<std::string> deliveries;
    std::set<std::string> succeeded;
  };

  void Forget();

  mutable std::mutex mutex_;
  std::map<std::string, Endpoint> endpoints_;
  std::deque<std::string> order_;  // endpoints of the kept requests, oldest first
  std::size_t kept_bytes_ = 0;
  std::int64_t last_seq_ = 0;
};

}  // namespace webhook::receiver
