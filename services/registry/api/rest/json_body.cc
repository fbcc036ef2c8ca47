#include "services/registry/api/rest/json_body.h"

#include <cstddef>
#include <set>
#include <string>
#include <vector>

#include "core/encoding.h"

namespace webhook::rest {
namespace {

using nlohmann::json;

constexpr std::size_t kMaxDepth = 64;

// Reads a text once, in linear time, for what a tree of values does not show any more. `problem` is empty
// where there is none.
class Inspector final : public json::json_sax_t {
 public:
  explicit Inspector(Nul nul) : nul_(nul) {}

  std::string problem;

  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_integer(number_integer_t) override { return true; }
  bool number_unsigned(number_unsigned_t) override { return true; }
  bool number_float(number_float_t, const string_t&) override { return true; }
  bool binary(binary_t&) override { return true; }
  bool string(string_t& text) override { return CheckText(text); }
  bool key(string_t& name) override {
    if (!CheckText(name)) return false;
    if (!keys_.back().insert(name).second) problem = "\"" + name + "\" is given twice";
    return problem.empty();
  }
  bool start_object(std::size_t) override { return Enter(); }
  bool end_object() override { return Leave(); }
  bool start_array(std::size_t) override { return Enter(); }
  bool end_array() override { return Leave(); }
  bool parse_error(std::size_t byte, const std::string&, const json::exception& error) override {
    problem = dynamic_cast<const json::parse_error*>(&error) != nullptr
                  ? "the body is not JSON: byte " + std::to_string(byte)
                  : "the body holds a number that is out of range";
    return false;
  }

 private:
  bool CheckText(const std::string& text) {
    if (nul_ == Nul::kRefused && text.find('\0') != std::string::npos)
      problem = "the body holds U+0000, which cannot be stored";
    return problem.empty();
  }
  bool Enter() {
    if (keys_.size() == kMaxDepth) problem = "the body is nested more than 64 deep";
    keys_.emplace_back();
    return problem.empty();
  }
  bool Leave() {
    keys_.pop_back();
    return true;
  }

  const Nul nul_;
  std::vector<std::set<std::string>> keys_;  // of the objects and arrays that are open
};

}  // namespace

Error BadJson(const std::string& detail) {
  return {ErrorCode::kInvalid, kBadJson, detail};
}

Result<json> ParseBody(std::string_view body, Nul nul) {
  if (body.empty()) return BadJson("the body is empty; send a JSON object");
  if (!IsUtf8(body)) return BadJson("the body is not UTF-8");
  if (body.starts_with("\xEF\xBB\xBF"))
    return BadJson("the body begins with a byte order mark; leave it out");
  // The parser would take it for the end.
  if (const std::size_t end = body.find('\0'); end != std::string_view::npos)
    return BadJson("the body is not JSON: byte " + std::to_string(end + 1));
  Inspector inspector(nul);
  if (!json::sax_parse(body, &inspector)) return BadJson(inspector.problem);
  json parsed = json::parse(body);
  if (!parsed.is_object()) return BadJson("the body must be a JSON object");
  return parsed;
}

}  // namespace webhook::rest
