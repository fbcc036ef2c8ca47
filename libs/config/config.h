#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "core/secret.h"

namespace webhook::config {

// Declares every setting of a service in one table. A setting `http-timeout` is the flag --http-timeout, the
// variable WEBHOOK_HTTP_TIMEOUT and, for secrets, the file named by WEBHOOK_HTTP_TIMEOUT_FILE or
// --http-timeout-file. Its name must be in known_names.h. Flag > variable > default. Values are written
// through the pointers, which must outlive Load().
class Table {
 public:
  Table(std::string service, std::string purpose);
  Table(Table&&) noexcept;
  ~Table();

  // RequiredText must not be empty.
  void Text(std::string name, std::string* value, std::string fallback, std::string help);
  void RequiredText(std::string name, std::string* value, std::string help);
  // Comma-separated.
  void List(std::string name, std::vector<std::string>* value, std::string fallback, std::string help);
  // One of the named words.
  void Choice(std::string name, std::string* value, std::string fallback, std::vector<std::string> words,
              std::string help);
  void Flag(std::string name, bool* value, bool fallback, std::string help);
  void Integer(std::string name, std::int64_t* value, std::int64_t fallback, std::int64_t least,
               std::int64_t most, std::string help);
  void Number(std::string name, double* value, double fallback, double least, double most, std::string help);
  // With a unit: 250ms, 30s, 5m, 2h, 3d.
  void Duration(std::string name, std::chrono::milliseconds* value, std::chrono::milliseconds fallback,
                std::chrono::milliseconds least, std::chrono::milliseconds most, std::string help);
  // host:port, port 0 to 65535.
  void Address(std::string name, std::string* value, std::string fallback, std::string help);
  // Required; shown as ***.
  void SecretText(std::string name, Secret* value, std::size_t min_length, std::string help);
  // Shown as ***; empty where it is not given.
  void OptionalSecretText(std::string name, Secret* value, std::string help);
  // Standard base64 of exactly `bytes` bytes; empty where it is not required and not given.
  void SecretBytes(std::string name, Secret* value, std::size_t bytes, std::string help,
                   bool required = true);
  // A rule over several settings; it returns all violations, with setting names as pointers.
  void Rule(std::function<std::vector<FieldViolation>()> rule);

  // What the command line asks for.
  enum class Command { kRun, kHelp, kVersion, kCheckConfig, kHealthcheck };
  struct Loaded {
    Command command = Command::kRun;
    std::vector<FieldViolation> violations;  // all mistakes at once; pointer = setting as the user wrote it
  };
  // `environment`: WEBHOOK_* variables. A WEBHOOK_* that no table of the platform knows is a mistake, told
  // with the nearest name. With --help and --version nothing else is looked at.
  Loaded Load(const std::vector<std::string>& arguments,
              const std::map<std::string, std::string>& environment);

  // For --help: every setting with variable, default, bounds and text.
  std::string Help() const;
  // For --check-config: effective values with their origin, secrets as ***.
  std::string Effective() const;

 private:
  struct Setting;
  struct Given;
  void Add(Setting setting);
  Setting* Find(const std::string& name);
  void ReadArguments(const std::vector<std::string>& arguments, std::map<std::string, Given>* given,
                     Loaded* loaded);
  void ReadEnvironment(const std::map<std::string, std::string>& environment,
                       std::map<std::string, Given>* given, Loaded* loaded);
  void Apply(std::map<std::string, Given> given, Loaded* loaded);

  std::string service_;
  std::string purpose_;
  std::vector<Setting> settings_;
  std::vector<std::function<std::vector<FieldViolation>()>> rules_;
};

// The process's WEBHOOK_* variables.
std::map<std::string, std::string> Environment();

// Loads the table and serves --help, --version, --check-config and mistakes (exit 78, all of them on stderr).
// Returns only where the service is to run or to do its --healthcheck.
Table::Command LoadOrExit(Table& table, int argc, char** argv);

inline constexpr int kExitBadSettings = 78;  // EX_CONFIG of sysexits.h

}  // namespace webhook::config
