#include "services/registry/api/rest/json_body.h"

#include <set>

#include "core/encoding.h"

namespace webhook::rest {
namespace {

using nlohmann::json;

constexpr int kMaxDepth = 64;

}  // namespace

Error BadJson(const std::string& detail) {
  return {ErrorCode::kInvalid, kBadJson, detail};
}

Result<json> ParseBody(std::string_view body, Nul nul) {
  if (body.empty()) return BadJson("the body is empty; send a JSON object");
  if (!IsUtf8(body)) return BadJson("the body is not UTF-8");
  if (body.starts_with("\xEF\xBB\xBF"))
    return BadJson("the body begins with a byte order mark; leave it out");
  std::string problem;
  std::vector<std::set<std::string>> keys;
  const auto watch = [&](int depth, json::parse_event_t event, json& parsed) {
    if (depth > kMaxDepth) problem = "the body is nested more than 64 deep";
    const bool text =
        event == json::parse_event_t::key || (event == json::parse_event_t::value && parsed.is_string());
    if (nul == Nul::kRefused && text && parsed.get_ref<const std::string&>().find('\0') != std::string::npos)
      problem = "the body holds U+0000, which cannot be stored";
    if (event == json::parse_event_t::object_start) keys.emplace_back();
    if (event == json::parse_event_t::object_end && !keys.empty()) keys.pop_back();
    if (event == json::parse_event_t::key && !keys.back().insert(parsed.get<std::string>()).second)
      problem = "\"" + parsed.get<std::string>() + "\" is given twice";
    return problem.empty();
  };
  try {
    json parsed = json::parse(body.begin(), body.end(), watch);
    if (!problem.empty()) return BadJson(problem);
    if (!parsed.is_object()) return BadJson("the body must be a JSON object");
    return parsed;
  } catch (const json::parse_error& error) {
    return BadJson("the body is not JSON: byte " + std::to_string(error.byte));
  } catch (const json::exception&) {
    return BadJson("the body holds a number that is out of range");
  }
}

}  // namespace webhook::rest
