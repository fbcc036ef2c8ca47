#include "services/registry/api/operations/page.h"

#include "core/encoding.h"

namespace webhook {

Result<PageReader> PageReader::Read(const Call& call, const Secret& key) {
  PageReader page;
  page.limit_ = call.Query<int>("limit");
  page.key_ = key;
  std::string path = call.operation.path;
  if (const auto at = path.find("{id}"); at != std::string::npos)
    path.replace(at, 4, PercentEncode(call.id()));
  page.scope_ = path + "\n" + call.account().str();
  page.next_ = path + "?";
  for (const auto& [name, value] : call.input.query) {
    if (name == "cursor") continue;
    const std::string shown = value.is_string() ? value.get<std::string>() : value.dump();
    page.next_ += PercentEncode(name) + "=" + PercentEncode(shown) + "&";
    if (name != "limit") page.scope_ += "\n" + name + "=" + shown;
  }
  const auto text = call.Query<std::string>("cursor");
  if (text.empty()) return page;
  auto after = ReadCursor(text, page.scope_, key);
  if (!after) return after.error();
  page.after_ = std::move(*after);
  return page;
}

std::optional<store::LogPosition> PageReader::position() const {
  if (after_.id.empty()) return std::nullopt;
  return store::LogPosition{WallTime(std::chrono::microseconds(after_.micros)), after_.id};
}

void PageReader::Continue(const Cursor& end, Reply* reply) const {
  const std::string cursor = SignCursor(end, scope_, key_);
  reply->json["next_cursor"] = cursor;
  reply->headers.emplace_back("Link", "<" + next_ + "cursor=" + cursor + ">; rel=\"next\"");
}

}  // namespace webhook
