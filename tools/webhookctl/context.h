#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "core/result.h"
#include "kafka/cluster.h"
#include "rpc/tls_files.h"

namespace webhook::ctl {

// What all commands share: where the platform is, and how to print.
struct Context {
  std::string output = "table";  // or json
  std::string rest_url;
  std::string registry_addr;
  std::string ingest_addr;
  kafka::Cluster kafka;
  std::string pg_dsn;
  std::string pg_password;
  rpc::TlsFiles tls;
  std::string api_key;
  std::string publish_key;
  std::string internal_token;
  std::string account;

  std::function<int()> run;  // the chosen command; set by the command line

  // The setting, or a usage error that names the variable to set.
  Result<std::string> Need(const std::string& value, const char* variable) const;
};

// Exit codes: 0, 1 failure, 2 usage.
inline constexpr int kOk = 0;
inline constexpr int kFailed = 1;
inline constexpr int kUsage = 2;

// Prints the error with its violations on stderr; the exit code.
int Fail(const Error& error);

// Prints a JSON object or list as JSON, or as a table of the named members.
void Print(const Context& context, const nlohmann::ordered_json& value,
           const std::vector<std::string>& columns);

// All of stdin, or of a file; "-" is stdin.
Result<std::string> ReadInput(const std::string& path);

// One function a group of commands; the context outlives the app.
void AddAccountCommands(CLI::App& app, Context& context);
void AddWebhookCommands(CLI::App& app, Context& context);
void AddEventCommands(CLI::App& app, Context& context);
void AddDeliveryCommands(CLI::App& app, Context& context);
void AddRedeliveryCommands(CLI::App& app, Context& context);
void AddListenCommand(CLI::App& app, Context& context);
void AddVerifyCommand(CLI::App& app, Context& context);
void AddSmokeCommand(CLI::App& app, Context& context);
void AddOperatorCommands(CLI::App& app, Context& context);

}  // namespace webhook::ctl
