#include "services/registry/api/json_body.h"

#include <algorithm>
#include <limits>
#include <set>

#include "core/encoding.h"
#include "core/nearest_name.h"

namespace webhook {
namespace {

using nlohmann::json;

constexpr int kMaxDepth = 64;
constexpr int kMaxUnknown = 20;  // told of

Error BadJson(const std::string& detail) {
  return {ErrorCode::kInvalid, kBadJson, detail};
}

}  // namespace

Result<json> ParseBody(std::string_view body) {
  if (body.empty()) return BadJson("the body is empty; send a JSON object");
  if (!IsUtf8(body)) return BadJson("the body is not UTF-8");
  std::string problem;
  std::vector<std::set<std::string>> keys;
  const auto watch = [&](int depth, json::parse_event_t event, json& parsed) {
    if (depth > kMaxDepth) problem = "the body is nested more than 64 deep";
    const bool text =
        event == json::parse_event_t::key || (event == json::parse_event_t::value && parsed.is_string());
    if (text && parsed.get_ref<const std::string&>().find('\0') != std::string::npos)
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

const json* ObjectReader::Member(const std::string& name) {
  known_.push_back(name);
  const auto found = object_.find(name);
  if (found == object_.end()) return nullptr;
  if (!found->is_null()) return &*found;
  Note(name, "null", "must not be null; leave it out to keep its value");
  return nullptr;
}

std::optional<std::string> ObjectReader::Text(const std::string& name) {
  const json* member = Member(name);
  if (member && member->is_string()) return member->get<std::string>();
  if (member) NoteType(name, "a string");
  return std::nullopt;
}

std::optional<bool> ObjectReader::Flag(const std::string& name) {
  const json* member = Member(name);
  if (member && member->is_boolean()) return member->get<bool>();
  if (member) NoteType(name, "true or false");
  return std::nullopt;
}

std::optional<int> ObjectReader::Integer(const std::string& name) {
  const json* member = Member(name);
  if (!member) return std::nullopt;
  const bool whole =
      member->is_number_integer() &&
      (!member->is_number_unsigned() || member->get<std::uint64_t>() <= std::numeric_limits<int>::max());
  const std::int64_t number = whole ? member->get<std::int64_t>() : -1;
  if (whole && number >= std::numeric_limits<int>::min() && number <= std::numeric_limits<int>::max())
    return static_cast<int>(number);
  NoteType(name, "a whole number");
  return std::nullopt;
}

std::optional<std::vector<std::string>> ObjectReader::Texts(const std::string& name) {
  const json* member = Member(name);
  if (!member) return std::nullopt;
  const bool texts = member->is_array() && std::all_of(member->begin(), member->end(),
                                                       [](const json& item) { return item.is_string(); });
  if (texts) return member->get<std::vector<std::string>>();
  NoteType(name, "a list of strings");
  return std::nullopt;
}

std::optional<std::vector<int>> ObjectReader::Integers(const std::string& name) {
  const json* member = Member(name);
  if (!member) return std::nullopt;
  const bool numbers =
      member->is_array() && std::all_of(member->begin(), member->end(), [](const json& item) {
        return item.is_number_unsigned() && item.get<std::uint64_t>() <= std::numeric_limits<int>::max();
      });
  if (numbers) return member->get<std::vector<int>>();
  NoteType(name, "a list of whole numbers");
  return std::nullopt;
}

void ObjectReader::Note(const std::string& name, const std::string& code, const std::string& detail) {
  violations_->push_back({at_ + "/" + ToPointerPart(name), code, detail});
}

void ObjectReader::NoteType(const std::string& name, const std::string& wanted) {
  Note(name, "wrong_type", "must be " + wanted);
}

void ObjectReader::Require(const std::string& name) {
  if (!Has(name)) Note(name, "required", "is missing");
}

void ObjectReader::RefuseUnknown() {
  int unknown = 0;
  for (const auto& [name, value] : object_.items()) {
    if (std::find(known_.begin(), known_.end(), name) != known_.end()) continue;
    if (++unknown > kMaxUnknown) return;
    const std::string near = NearestName(name, known_);
    Note(name, "unknown_field", near.empty() ? "is no field" : "is no field; did you mean \"" + near + "\"?");
  }
}

}  // namespace webhook
