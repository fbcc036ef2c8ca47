#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "core/result.h"
#include "core/secret.h"
#include "services/registry/api/operations/call.h"
#include "services/registry/api/operations/cursor.h"
#include "services/registry/api/operations/shapes.h"

namespace webhook {

// Where a list's page begins and how it goes on. The cursor that a customer holds is signed and bound to the
// account, the list and its filters.
class PageReader {
 public:
  // kInvalid "bad_cursor".
  static Result<PageReader> Read(const Call& call, const Secret& key);

  // Rows to read: one more than the page shows tells that there are more.
  int rows() const { return limit_ + 1; }
  // Empty: from the newest.
  const Cursor& after() const { return after_; }

  // The same as a place in the delivery log; nullopt: from the newest.
  std::optional<store::LogPosition> position() const;

  // The page, with its Link header.
  // `go_on`: where the list goes on though it has no more rows than the page; nullopt: nowhere.
  template <typename Row>
  Reply Answer(const std::vector<Row>& rows, Cursor (*end_of)(const Row&),
               const std::optional<Cursor>& go_on = std::nullopt) const {
    Reply reply;
    reply.json["data"] = nlohmann::ordered_json::array();
    const bool more = rows.size() > static_cast<std::size_t>(limit_);
    for (std::size_t i = 0; i < rows.size() && i < static_cast<std::size_t>(limit_); ++i)
      reply.json["data"].push_back(ToJson(rows[i]));
    reply.json["next_cursor"] = nullptr;
    if (more) {
      Continue(end_of(rows[static_cast<std::size_t>(limit_) - 1]), &reply);
    } else if (go_on) {
      Continue(*go_on, &reply);
    }
    return reply;
  }

 private:
  void Continue(const Cursor& end, Reply* reply) const;

  int limit_ = 0;
  Cursor after_;
  std::string scope_;
  std::string next_;  // the next page's target, but for its cursor
  Secret key_;
};

}  // namespace webhook
