#include "domain/canonical_json.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <vector>

#include "core/encoding.h"
#include "domain/event.h"
#include "domain/js_number.h"

namespace webhook {
namespace {

constexpr std::size_t kMaxPointer = 256;

// Eight copies of a byte.
constexpr std::uint64_t All(unsigned char byte) {
  return 0x0101010101010101 * byte;
}

// The highest bit of a byte is set only if one of the word's bytes is zero (then it is, of the first of
// them).
constexpr std::uint64_t ZeroBytes(std::uint64_t word) {
  return (word - All(1)) & ~word & All(0x80);
}

// From `at` on, what a string may hold as it is: the first byte that is a quote, a backslash or a control
// character, or the end.
std::size_t PlainEnd(std::string_view text, std::size_t at) {
  for (; at + sizeof(std::uint64_t) <= text.size(); at += sizeof(std::uint64_t)) {
    std::uint64_t word = 0;
    std::memcpy(&word, text.data() + at, sizeof word);
    const std::uint64_t control = (word - All(0x20)) & ~word & All(0x80);
    if ((control | ZeroBytes(word ^ All('"')) | ZeroBytes(word ^ All('\\'))) != 0) break;
  }
  while (at < text.size() && text[at] != '"' && text[at] != '\\' &&
         static_cast<unsigned char>(text[at]) >= 0x20)
    ++at;
  return at;
}

// A whole number that a double carries and JavaScript prints as it is written. REQUIRES: it is a JSON number.
bool IsPlainWhole(std::string_view number) {
  constexpr std::size_t kExactDigits = 15;
  if (number == "0") return true;
  const std::string_view digits = number.substr(number[0] == '-' ? 1 : 0);
  return digits.size() <= kExactDigits && digits[0] != '0' &&
         std::all_of(digits.begin(), digits.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// One pass: reads a value and appends its canonical form. After the first mistake nothing is read any more.
class Canonicalizer {
 public:
  Canonicalizer(std::string_view json, std::string pointer) : json_(json), pointer_(std::move(pointer)) {
    out_.reserve(json.size());
  }

  Result<CanonicalJson> Run() {
    SkipSpace();
    if (Peek() != '{') return NotAnObject();
    Value();
    SkipSpace();
    if (!error_ && at_ != json_.size()) Fail("bad_json", "text after the object");
    if (!error_ && out_.size() > kMaxEventDataBytes)
      Fail("too_large", "written out canonically, it is larger than 262144 bytes");
    if (error_) return *error_;
    return CanonicalJson{std::move(out_), kept_numbers_};
  }

 private:
  // One member of an object in out_: `"key":value` from begin to end, its key to key_end.
  struct Member {
    std::size_t begin = 0;
    std::size_t key_end = 0;
    std::size_t end = 0;
  };
  // A string in out_, quotes included; ends at 0: none.
  struct Quoted {
    std::size_t begin = 0;
    std::size_t end = 0;
  };
  // Written out only where there is a mistake.
  struct Step {
    Quoted key;  // none: an element of an array
    std::size_t index = 0;
  };

  char Peek() const { return at_ < json_.size() ? json_[at_] : '\0'; }

  void SkipSpace() {
    while (at_ < json_.size() &&
           (json_[at_] == ' ' || json_[at_] == '\t' || json_[at_] == '\n' || json_[at_] == '\r'))
      ++at_;
  }

  void Fail(std::string code, const std::string& detail) {
    if (error_) return;
    std::string pointer = pointer_;
    for (const Step& step : path_) {
      pointer += '/';
      pointer += step.key.end == 0 ? std::to_string(step.index) : ToPointerPart(Inside(step.key));
    }
    error_ = InvalidError({{ClipUtf8(pointer, kMaxPointer), std::move(code),
                            detail + " (at byte " + std::to_string(at_) + ")"}});
  }

  Error NotAnObject() {
    const bool value =
        Peek() != '\0' && std::string_view("[\"-0123456789tfn").find(Peek()) != std::string_view::npos;
    Fail(value ? "not_an_object" : "bad_json", "must be one JSON object, for example {\"user_id\":\"42\"}");
    return *error_;
  }

  void Value() {
    SkipSpace();
    switch (Peek()) {
      case '{':
        return Nested([this] { Object(); });
      case '[':
        return Nested([this] { Array(); });
      case '"':
        return String();
      case 't':
        return Literal("true");
      case 'f':
        return Literal("false");
      case 'n':
        return Literal("null");
      default:
        return Number();
    }
  }

  template <typename F>
  void Nested(F read) {
    if (++depth_ > kMaxJsonDepth) return Fail("too_deep", "nested deeper than 64 levels");
    read();
    --depth_;
  }

  void Literal(std::string_view word) {
    if (json_.substr(at_, word.size()) != word) return Fail("bad_json", "not a JSON value");
    at_ += word.size();
    out_ += word;
  }

  void Array() {
    out_ += json_[at_++];
    SkipSpace();
    for (std::size_t index = 0; !error_ && Peek() != ']'; ++index) {
      if (index > 0 && !Take(',', "expected , or ]")) return;
      if (index > 0) out_ += ',';
      path_.push_back({{}, index});
      Value();
      if (error_) return;
      path_.pop_back();
      SkipSpace();
    }
    if (!error_) out_ += json_[at_++];
  }

  void Object() {
    out_ += json_[at_++];
    const std::size_t first = out_.size();
    // Those of the objects around it lie below.
    const std::size_t outer = members_.size();
    SkipSpace();
    while (!error_ && Peek() != '}') {
      if (members_.size() > outer && !Take(',', "expected , or }")) return;
      if (members_.size() > outer) out_ += ',';
      SkipSpace();
      if (Peek() != '"') return Fail("bad_json", "expected a key in double quotes");
      Member member;
      member.begin = out_.size();
      String();
      if (error_) return;
      member.key_end = out_.size();
      SkipSpace();
      if (!Take(':', "expected : after a key")) return;
      out_ += ':';
      path_.push_back({{member.begin, member.key_end}, 0});
      Value();
      if (error_) return;
      path_.pop_back();
      member.end = out_.size();
      members_.push_back(member);
      SkipSpace();
    }
    if (error_) return;
    const std::span<const Member> members = std::span(members_).subspan(outer);
    if (MustBeOrdered(members)) OrderMembers(first, {members.begin(), members.end()});
    members_.resize(outer);
    out_ += json_[at_++];
  }

  std::string_view Inside(const Quoted& text) const {
    return std::string_view(out_).substr(text.begin + 1, text.end - text.begin - 2);
  }
  std::string_view Key(const Member& member) const { return Inside({member.begin, member.key_end}); }

  // An array index of ECMAScript: JavaScript lists such keys first, ascending (ECMA-262,
  // OrdinaryOwnPropertyKeys).
  static std::optional<std::uint32_t> ArrayIndex(std::string_view key) {
    if (key.empty() || key.size() > 10 || (key[0] == '0' && key.size() > 1)) return std::nullopt;
    std::uint64_t value = 0;
    for (const char c : key) {
      if (c < '0' || c > '9') return std::nullopt;
      value = value * 10 + static_cast<std::uint64_t>(c - '0');
    }
    if (value >= 0xFFFFFFFF) return std::nullopt;
    return static_cast<std::uint32_t>(value);
  }

  // Few objects must: none without a repeated key and without one that JavaScript takes for an index. Of many
  // members that is not found out by comparing all with all.
  bool MustBeOrdered(std::span<const Member> members) const {
    constexpr std::size_t kFew = 16;
    if (members.size() > kFew) return true;
    for (std::size_t i = 0; i < members.size(); ++i) {
      const std::string_view key = Key(members[i]);
      if (ArrayIndex(key)) return true;
      for (std::size_t j = 0; j < i; ++j) {
        if (key == Key(members[j])) return true;
      }
    }
    return false;
  }

  // A repeated key keeps its first place and its last value.
  bool DropRepeats(std::vector<Member>* members) const {
    std::vector<std::size_t> order(members->size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return Key((*members)[a]) < Key((*members)[b]); });
    std::vector<bool> dropped(members->size());
    bool any = false;
    std::size_t first = 0;
    for (std::size_t i = 1; i < order.size(); ++i) {
      if (Key((*members)[order[i]]) != Key((*members)[order[first]])) {
        first = i;
        continue;
      }
      (*members)[order[first]] = (*members)[order[i]];
      dropped[order[i]] = any = true;
    }
    if (!any) return false;
    std::vector<Member> kept;
    for (std::size_t i = 0; i < members->size(); ++i) {
      if (!dropped[i]) kept.push_back((*members)[i]);
    }
    members->swap(kept);
    return true;
  }

  void OrderMembers(std::size_t first, std::vector<Member> members) {
    const auto has_index = [this](const Member& member) { return ArrayIndex(Key(member)).has_value(); };
    const bool repeats = DropRepeats(&members);
    if (!repeats && std::none_of(members.begin(), members.end(), has_index)) return;
    const auto others = std::stable_partition(members.begin(), members.end(), has_index);
    std::sort(members.begin(), others,
              [this](const Member& a, const Member& b) { return *ArrayIndex(Key(a)) < *ArrayIndex(Key(b)); });
    std::string ordered;
    ordered.reserve(out_.size() - first);
    for (const Member& member : members) {
      if (!ordered.empty()) ordered += ',';
      ordered.append(out_, member.begin, member.end - member.begin);
    }
    out_.replace(first, std::string::npos, ordered);
  }

  bool Take(char wanted, const char* otherwise) {
    SkipSpace();
    if (Peek() != wanted) {
      Fail("bad_json", otherwise);
      return false;
    }
    ++at_;
    return true;
  }

  void String() {
    std::size_t from = at_++;  // what is copied as it is, quotes included
    for (;;) {
      at_ = PlainEnd(json_, at_);
      if (at_ == json_.size()) return Fail("bad_json", "a string does not end");
      const char c = json_[at_];
      if (c == '"') {
        ++at_;
        out_.append(json_, from, at_ - from);
        return;
      }
      if (c != '\\') return Fail("bad_json", "a control character in a string must be escaped");
      out_.append(json_, from, at_ - from);
      Escape();
      if (error_) return;
      from = at_;
    }
  }

  void Escape() {
    ++at_;
    const char c = Peek();
    constexpr std::string_view kNames = "\"\\/bfnrt";
    constexpr std::string_view kValues = "\"\\/\b\f\n\r\t";
    if (const std::size_t found = kNames.find(c); c != '\0' && found != std::string_view::npos) {
      ++at_;
      return Write(static_cast<unsigned char>(kValues[found]));
    }
    if (c != 'u') return Fail("bad_json", "an unknown escape in a string");
    ++at_;
    const auto unit = Hex4();
    if (!unit) return Fail("bad_json", "\\u needs four hex digits");
    if (*unit >= 0xDC00 && *unit < 0xE000) return Fail("lone_surrogate", "\\u escape of half a character");
    if (*unit < 0xD800 || *unit >= 0xE000) return Write(*unit);
    if (json_.substr(at_, 2) != "\\u") return Fail("lone_surrogate", "\\u escape of half a character");
    at_ += 2;
    const auto low = Hex4();
    if (!low) return Fail("bad_json", "\\u needs four hex digits");
    if (*low < 0xDC00 || *low >= 0xE000) return Fail("lone_surrogate", "\\u escape of half a character");
    Write(0x10000 + ((*unit - 0xD800) << 10) + (*low - 0xDC00));
  }

  std::optional<std::uint32_t> Hex4() {
    if (at_ + 4 > json_.size()) return std::nullopt;
    std::uint32_t value = 0;
    for (int i = 0; i < 4; ++i) {
      const char c = json_[at_++];
      value <<= 4;
      if (c >= '0' && c <= '9') {
        value |= static_cast<std::uint32_t>(c - '0');
      } else if (c >= 'a' && c <= 'f') {
        value |= static_cast<std::uint32_t>(c - 'a' + 10);
      } else if (c >= 'A' && c <= 'F') {
        value |= static_cast<std::uint32_t>(c - 'A' + 10);
      } else {
        return std::nullopt;
      }
    }
    return value;
  }

  // JSON.stringify's QuoteJSONString for one code point.
  void Write(std::uint32_t point) {
    constexpr std::string_view kShort = "\b\t\n\f\r\"\\";
    constexpr std::string_view kNames = "btnfr\"\\";
    const std::size_t found = point < 0x80 ? kShort.find(static_cast<char>(point)) : std::string_view::npos;
    if (found != std::string_view::npos) {
      out_ += '\\';
      out_ += kNames[found];
    } else if (point < 0x20) {
      constexpr char kHex[] = "0123456789abcdef";
      out_ += "\\u00";
      out_ += kHex[point >> 4];
      out_ += kHex[point & 15];
    } else {
      AppendUtf8(point);
    }
  }

  void AppendUtf8(std::uint32_t point) {
    const auto add = [this](std::uint32_t byte) {
      out_ += static_cast<char>(static_cast<unsigned char>(byte));
    };
    if (point < 0x80) {
      add(point);
    } else if (point < 0x800) {
      add(0xC0 | (point >> 6));
      add(0x80 | (point & 63));
    } else if (point < 0x10000) {
      add(0xE0 | (point >> 12));
      add(0x80 | ((point >> 6) & 63));
      add(0x80 | (point & 63));
    } else {
      add(0xF0 | (point >> 18));
      add(0x80 | ((point >> 12) & 63));
      add(0x80 | ((point >> 6) & 63));
      add(0x80 | (point & 63));
    }
  }

  void Number() {
    const std::size_t length = JsonNumberLength(json_.substr(at_));
    if (length == 0) return Fail("bad_json", "not a JSON value");
    const std::string_view text = json_.substr(at_, length);
    at_ += length;
    if (IsPlainWhole(text)) {
      out_ += text;
    } else if (const auto printed = JsNumber(text)) {
      out_ += *printed;
    } else {
      out_ += text;
      ++kept_numbers_;
    }
  }

  const std::string_view json_;
  const std::string pointer_;
  std::size_t at_ = 0;
  int depth_ = 0;
  int kept_numbers_ = 0;
  std::string out_;
  std::vector<Step> path_;       // where the value at hand lies
  std::vector<Member> members_;  // of the objects that are open
  std::optional<Error> error_;
};

}  // namespace

Result<CanonicalJson> CanonicalObject(std::string_view json, const std::string& pointer) {
  if (json.size() > kMaxEventDataBytes) {
    return InvalidError({{pointer, "too_large",
                          "has " + std::to_string(json.size()) + " bytes; at most 262144 are allowed"}});
  }
  if (!IsUtf8(json)) return InvalidError({{pointer, "not_utf8", "is not valid UTF-8"}});
  return Canonicalizer(json, pointer).Run();
}

std::string NotificationBody(const NotificationId& id, std::string_view event_type, WallTime occurred_at,
                             std::string_view data) {
  std::string body;
  body.reserve(data.size() + 192);
  body += R"({"id":")";
  body += id.view();
  body += R"(","event":")";
  body += event_type;
  body += R"(","timestamp":")";
  body += FormatSeconds(occurred_at);
  body += R"(","data":)";
  body += data;
  body += R"(,"api_version":")";
  body += kApiVersion;
  body += R"("})";
  return body;
}

}  // namespace webhook
