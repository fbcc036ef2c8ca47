#include "config/config.h"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <optional>
#include <sstream>

#include "config/internal/values.h"
#include "config/known_names.h"
#include "core/encoding.h"
#include "core/nearest_name.h"

extern char** environ;

namespace webhook::config {
namespace {

constexpr std::string_view kVariablePrefix = "WEBHOOK_";
constexpr char kVersion[] = WEBHOOK_VERSION;

std::string VariableOf(const std::string& name) {
  std::string variable(kVariablePrefix);
  for (const char c : name) variable += c == '-' ? '_' : static_cast<char>(c >= 'a' && c <= 'z' ? c - 32 : c);
  return variable;
}

std::string NameOf(const std::string& variable) {
  std::string name;
  for (const char c : variable.substr(kVariablePrefix.size())) {
    name += c == '_' ? '-' : static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
  }
  return name;
}

void Refuse(std::string pointer, const char* code, std::string detail,
            std::vector<FieldViolation>* violations) {
  violations->push_back({std::move(pointer), code, std::move(detail)});
}

// True where the whole text is a number from least to most.
template <typename T>
bool ReadWithin(const std::string& text, T least, T most, T* value) {
  const char* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, *value);
  return read.ec == std::errc() && read.ptr == end && *value >= least && *value <= most;
}

// The text of a secret's file without the newline that editors leave; nullopt: unreadable.
std::optional<std::string> ReadSecretFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return std::nullopt;
  std::ostringstream text;
  text << file.rdbuf();
  std::string value = text.str();
  while (!value.empty() && (value.back() == '\n' || value.back() == '\r')) value.pop_back();
  return value;
}

}  // namespace

// A value with the name that the user gave it by.
struct Table::Given {
  std::string origin;  // "--http-timeout", "WEBHOOK_HTTP_TIMEOUT"
  std::string value;
};

struct Table::Setting {
  std::string name = {};
  std::string bounds = {};  // for --help: "1s to 60s"
  std::string help = {};
  std::string fallback = {};
  bool required = false;
  bool secret = false;
  bool flag = false;
  // Sets the value; the text says what would be right where it is wrong, and is empty where it is right.
  std::function<std::string(const std::string&)> parse = {};
  std::string effective = {};  // for --check-config
  std::string origin = "default";
};

Table::Table(std::string service, std::string purpose)
    : service_(std::move(service)), purpose_(std::move(purpose)) {}
Table::Table(Table&&) noexcept = default;
Table::~Table() = default;

void Table::Add(Setting setting) {
  CHECK(std::find(kKnownNames.begin(), kKnownNames.end(), setting.name) != kKnownNames.end(),
        "a setting must be in libs/config/known_names.h, or the other services refuse its variable");
  settings_.push_back(std::move(setting));
}
void Table::Rule(std::function<std::vector<FieldViolation>()> rule) {
  rules_.push_back(std::move(rule));
}

void Table::Text(std::string name, std::string* value, std::string fallback, std::string help) {
  Add({.name = std::move(name),
       .bounds = "text",
       .help = std::move(help),
       .fallback = std::move(fallback),
       .parse = [value](const std::string& text) { return *value = text, std::string(); }});
}

void Table::RequiredText(std::string name, std::string* value, std::string help) {
  Add({.name = std::move(name),
       .bounds = "text",
       .help = std::move(help),
       .required = true,
       .parse = [value](const std::string& text) {
         *value = text;
         return text.empty() ? std::string("must not be empty") : std::string();
       }});
}

void Table::List(std::string name, std::vector<std::string>* value, std::string fallback, std::string help) {
  Add({.name = std::move(name),
       .bounds = "comma-separated",
       .help = std::move(help),
       .fallback = std::move(fallback),
       .parse = [value](const std::string& text) { return *value = SplitList(text), std::string(); }});
}

void Table::Choice(std::string name, std::string* value, std::string fallback, std::vector<std::string> words,
                   std::string help) {
  std::string all;
  for (const std::string& word : words) all += (all.empty() ? "" : ", ") + word;
  Add({.name = std::move(name),
       .bounds = all,
       .help = std::move(help),
       .fallback = std::move(fallback),
       .parse = [value, words, all](const std::string& text) {
         *value = text;
         const bool known = std::find(words.begin(), words.end(), text) != words.end();
         return known ? std::string() : "must be one of " + all;
       }});
}

void Table::Flag(std::string name, bool* value, bool fallback, std::string help) {
  Add({.name = std::move(name),
       .bounds = "true or false",
       .help = std::move(help),
       .fallback = fallback ? "true" : "false",
       .flag = true,
       .parse = [value](const std::string& text) {
         *value = text == "true";
         return text == "true" || text == "false" ? std::string() : std::string("must be true or false");
       }});
}

void Table::Integer(std::string name, std::int64_t* value, std::int64_t fallback, std::int64_t least,
                    std::int64_t most, std::string help) {
  const std::string bounds = std::to_string(least) + " to " + std::to_string(most);
  Add({.name = std::move(name),
       .bounds = bounds,
       .help = std::move(help),
       .fallback = std::to_string(fallback),
       .parse = [value, least, most, bounds](const std::string& text) {
         return ReadWithin(text, least, most, value) ? std::string() : "must be a whole number, " + bounds;
       }});
}

void Table::Number(std::string name, double* value, double fallback, double least, double most,
                   std::string help) {
  const std::string bounds = ShortNumber(least) + " to " + ShortNumber(most);
  Add({.name = std::move(name),
       .bounds = bounds,
       .help = std::move(help),
       .fallback = ShortNumber(fallback),
       .parse = [value, least, most, bounds](const std::string& text) {
         return ReadWithin(text, least, most, value) ? std::string() : "must be a number, " + bounds;
       }});
}

void Table::Duration(std::string name, std::chrono::milliseconds* value, std::chrono::milliseconds fallback,
                     std::chrono::milliseconds least, std::chrono::milliseconds most, std::string help) {
  const std::string bounds = FormatDuration(least) + " to " + FormatDuration(most);
  Add({.name = std::move(name),
       .bounds = bounds,
       .help = std::move(help),
       .fallback = FormatDuration(fallback),
       .parse = [value, least, most, bounds](const std::string& text) {
         const auto duration = ParseDuration(text);
         if (!duration) return "needs a number and a unit (ms, s, m, h, d), for example 5s; " + bounds;
         *value = *duration;
         return *duration >= least && *duration <= most ? std::string() : "must be " + bounds;
       }});
}

void Table::Address(std::string name, std::string* value, std::string fallback, std::string help) {
  Add({.name = std::move(name),
       .bounds = "host:port",
       .help = std::move(help),
       .fallback = std::move(fallback),
       .parse = [value](const std::string& text) {
         *value = text;
         return IsAddress(text) ? std::string() : std::string("must be host:port, port 0 to 65535");
       }});
}

void Table::SecretText(std::string name, Secret* value, std::size_t min_length, std::string help) {
  const std::string bounds = "at least " + std::to_string(min_length) + " characters";
  Add({.name = std::move(name),
       .bounds = bounds,
       .help = std::move(help),
       .required = true,
       .secret = true,
       .parse = [value, min_length, bounds](const std::string& text) {
         *value = Secret(text);
         return text.size() >= min_length ? std::string() : "must have " + bounds;
       }});
}

void Table::OptionalSecretText(std::string name, Secret* value, std::string help) {
  Add({.name = std::move(name),
       .bounds = "text",
       .help = std::move(help),
       .secret = true,
       .parse = [value](const std::string& text) { return *value = Secret(text), std::string(); }});
}

void Table::SecretBytes(std::string name, Secret* value, std::size_t bytes, std::string help, bool required) {
  const std::string bounds = "base64 of " + std::to_string(bytes) + " bytes";
  Add({.name = std::move(name),
       .bounds = bounds,
       .help = std::move(help),
       .required = required,
       .secret = true,
       .parse = [value, bytes, bounds, required](const std::string& text) {
         if (text.empty() && !required) {
           *value = Secret();
           return std::string();
         }
         const auto decoded = FromBase64(text);
         if (!decoded || decoded->size() != bytes) return "must be " + bounds;
         *value = Secret(*decoded);
         return std::string();
       }});
}

Table::Setting* Table::Find(const std::string& name) {
  const auto found = std::find_if(settings_.begin(), settings_.end(), [&](const Setting& setting) {
    return setting.name == name || (setting.secret && setting.name + "-file" == name);
  });
  return found == settings_.end() ? nullptr : &*found;
}

void Table::ReadArguments(const std::vector<std::string>& arguments, std::map<std::string, Given>* given,
                          Loaded* loaded) {
  std::vector<std::string> names;
  for (const Setting& setting : settings_) names.push_back("--" + setting.name);
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string& argument = arguments[i];
    if (argument == "--check-config") loaded->command = Command::kCheckConfig;
    if (argument == "--healthcheck") loaded->command = Command::kHealthcheck;
    if (argument == "--check-config" || argument == "--healthcheck") continue;
    const std::size_t equals = argument.find('=');
    const std::string flag = argument.substr(0, equals);
    const Setting* setting = flag.starts_with("--") ? Find(flag.substr(2)) : nullptr;
    if (setting == nullptr) {
      const std::string nearest = NearestName(flag, names);
      Refuse(flag, "unknown_setting",
             nearest.empty() ? "unknown; see --help" : "unknown; did you mean " + nearest + "?",
             &loaded->violations);
      continue;
    }
    std::string value = "true";
    if (equals != std::string::npos) {
      value = argument.substr(equals + 1);
    } else if (!setting->flag) {
      if (i + 1 == arguments.size()) {
        Refuse(flag, "no_value", "needs a value: " + setting->bounds, &loaded->violations);
        continue;
      }
      value = arguments[++i];
    }
    (*given)[flag.substr(2)] = {flag, value};
  }
}

void Table::ReadEnvironment(const std::map<std::string, std::string>& environment,
                            std::map<std::string, Given>* given, Loaded* loaded) {
  std::vector<std::string> known;
  for (const std::string_view name : kKnownNames) known.push_back(VariableOf(std::string(name)));
  for (const auto& [variable, value] : environment) {
    if (!variable.starts_with(kVariablePrefix)) continue;
    const std::string name = NameOf(variable);
    if (Find(name) != nullptr) {
      given->try_emplace(name, Given{variable, value});
    } else if (std::find(known.begin(), known.end(), variable) == known.end()) {
      const std::string nearest = NearestName(variable, known);
      Refuse(variable, "unknown_setting",
             nearest.empty() ? "unknown" : "unknown; did you mean " + nearest + "?", &loaded->violations);
    }
  }
}

void Table::Apply(std::map<std::string, Given> given, Loaded* loaded) {
  for (Setting& setting : settings_) {
    auto value = given.find(setting.name);
    const auto file = given.find(setting.name + "-file");
    if (setting.secret && file != given.end()) {
      if (value != given.end()) {
        Refuse(file->second.origin, "given_twice", value->second.origin + " is given too; give one of them",
               &loaded->violations);
        continue;
      }
      const auto text = ReadSecretFile(file->second.value);
      if (!text) {
        Refuse(file->second.origin, "unreadable_file", "cannot read " + file->second.value,
               &loaded->violations);
        continue;
      }
      value = given.insert_or_assign(setting.name, Given{file->second.origin, *text}).first;
    }
    if (value == given.end() && setting.required) {
      Refuse(VariableOf(setting.name), "required",
             "is required: " + setting.bounds + " (or --" + setting.name + ")", &loaded->violations);
      continue;
    }
    const Given used = value == given.end() ? Given{"default", setting.fallback} : value->second;
    setting.origin = used.origin;
    setting.effective = setting.secret ? "***" : used.value;
    const std::string wrong = setting.parse(used.value);
    if (wrong.empty()) continue;
    const std::string shown = setting.secret ? "" : "\"" + used.value + "\": ";
    Refuse(used.origin, "bad_value", shown + wrong, &loaded->violations);
  }
}

Table::Loaded Table::Load(const std::vector<std::string>& arguments,
                          const std::map<std::string, std::string>& environment) {
  Loaded loaded;
  for (const std::string& argument : arguments) {
    if (argument == "--help" || argument == "-h") return {Command::kHelp, {}};
    if (argument == "--version") return {Command::kVersion, {}};
  }
  std::map<std::string, Given> given;
  ReadArguments(arguments, &given, &loaded);
  ReadEnvironment(environment, &given, &loaded);
  Apply(std::move(given), &loaded);
  for (const auto& rule : rules_) {
    for (FieldViolation& violation : rule()) loaded.violations.push_back(std::move(violation));
  }
  return loaded;
}

std::string Table::Help() const {
  std::string text = service_ + ": " + purpose_ + "\n\nSettings (flag > variable > default):\n";
  for (const Setting& setting : settings_) {
    text += "  --" + setting.name + "  " + VariableOf(setting.name) +
            (setting.secret ? " (also _FILE)" : "") + "\n      " + setting.help + ". " + setting.bounds +
            (setting.required ? "; required"
                              : "; default " + (setting.fallback.empty() ? "empty" : setting.fallback)) +
            ".\n";
  }
  return text + "\n  --help  --version  --check-config  --healthcheck\n";
}

std::string Table::Effective() const {
  std::string text;
  for (const Setting& setting : settings_) {
    text += setting.name + " = " + setting.effective + "  (" + setting.origin + ")\n";
  }
  return text;
}

std::map<std::string, std::string> Environment() {
  std::map<std::string, std::string> variables;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string text = *entry;
    const std::size_t equals = text.find('=');
    if (text.starts_with(kVariablePrefix) && equals != std::string::npos) {
      variables[text.substr(0, equals)] = text.substr(equals + 1);
    }
  }
  return variables;
}

Table::Command LoadOrExit(Table& table, int argc, char** argv) {
  const auto loaded = table.Load({argv + 1, argv + argc}, Environment());
  if (loaded.command == Table::Command::kHelp) std::cout << table.Help();
  if (loaded.command == Table::Command::kVersion) std::cout << kVersion << "\n";
  if (loaded.command == Table::Command::kHelp || loaded.command == Table::Command::kVersion) std::exit(0);
  for (const FieldViolation& violation : loaded.violations) {
    std::cerr << violation.pointer << ": " << violation.detail << "\n";
  }
  if (!loaded.violations.empty()) std::exit(kExitBadSettings);
  if (loaded.command == Table::Command::kCheckConfig) {
    std::cout << table.Effective();
    std::exit(0);
  }
  return loaded.command;
}

}  // namespace webhook::config
