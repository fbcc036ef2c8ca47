#include <google/protobuf/util/time_util.h>

#include <iostream>
#include <memory>

#include "tools/webhookctl/context.h"
#include "tools/webhookctl/grpc_call.h"
#include "webhook/v1/admin.grpc.pb.h"

namespace webhook::ctl {
namespace {

using google::protobuf::util::TimeUtil;
using nlohmann::ordered_json;
using v1::AdminService;

ordered_json ToJson(const v1::Account& account) {
  return {{"id", account.id()},
          {"name", account.name()},
          {"created_at", TimeUtil::ToString(account.created_at())}};
}

ordered_json ToJson(const v1::ApiKey& key) {
  ordered_json json = {{"id", key.id()}, {"account_id", key.account_id()}, {"scopes", ordered_json::array()}};
  for (const std::string& scope : key.scopes()) json["scopes"].push_back(scope);
  json["created_at"] = TimeUtil::ToString(key.created_at());
  json["revoked_at"] =
      key.has_revoked_at() ? ordered_json(TimeUtil::ToString(key.revoked_at())) : ordered_json();
  return json;
}

int CreateAccount(const Context& context, const std::string& name) {
  v1::CreateAccountRequest request;
  v1::CreateAccountResponse response;
  request.set_name(name);
  const Status done = CallAdmin(context, &AdminService::Stub::CreateAccount, request, &response);
  if (!done) return Fail(done.error());
  Print(context, ToJson(response.account()), {});
  return kOk;
}

int ListAccounts(const Context& context) {
  v1::ListAccountsResponse response;
  const Status done =
      CallAdmin(context, &AdminService::Stub::ListAccounts, v1::ListAccountsRequest(), &response);
  if (!done) return Fail(done.error());
  ordered_json list = ordered_json::array();
  for (const v1::Account& account : response.accounts()) list.push_back(ToJson(account));
  Print(context, list, {"id", "name", "created_at"});
  return kOk;
}

int CreateKey(const Context& context, const std::string& account, const std::vector<std::string>& scopes) {
  v1::CreateApiKeyRequest request;
  v1::CreateApiKeyResponse response;
  request.set_account_id(account);
  for (const std::string& scope : scopes) request.add_scopes(scope);
  const Status done = CallAdmin(context, &AdminService::Stub::CreateApiKey, request, &response);
  if (!done) return Fail(done.error());
  ordered_json json = ToJson(response.api_key());
  json["key"] = response.key();
  Print(context, json, {});
  if (context.output != "json") std::cout << "The key is shown only now.\n";
  return kOk;
}

int ListKeys(const Context& context, const std::string& account) {
  v1::ListApiKeysRequest request;
  v1::ListApiKeysResponse response;
  request.set_account_id(account);
  const Status done = CallAdmin(context, &AdminService::Stub::ListApiKeys, request, &response);
  if (!done) return Fail(done.error());
  ordered_json list = ordered_json::array();
  for (const v1::ApiKey& key : response.api_keys()) list.push_back(ToJson(key));
  Print(context, list, {"id", "scopes", "created_at", "revoked_at"});
  return kOk;
}

int RevokeKey(const Context& context, const std::string& id) {
  v1::RevokeApiKeyRequest request;
  v1::RevokeApiKeyResponse response;
  request.set_id(id);
  const Status done = CallAdmin(context, &AdminService::Stub::RevokeApiKey, request, &response);
  if (!done) return Fail(done.error());
  Print(context, {{"id", id}, {"revoked", true}}, {});
  return kOk;
}

}  // namespace

void AddAccountCommands(CLI::App& app, Context& context) {
  // What the options write to lives as long as the commands that read it.
  struct Options {
    std::string name;
    std::string account;
    std::vector<std::string> scopes;
    std::string key;
  };
  const auto options = std::make_shared<Options>();
  options->account = context.account;

  CLI::App* accounts = app.add_subcommand("accounts", "Accounts of customers")->require_subcommand(1);
  CLI::App* create =
      accounts->add_subcommand("create", "Create an account\n  webhookctl accounts create acme");
  create->add_option("name", options->name, "Its name, unique")->required();
  create->callback([&context, options] {
    context.run = [&context, options] { return CreateAccount(context, options->name); };
  });
  accounts->add_subcommand("list", "List accounts\n  webhookctl accounts list -o json")->callback([&context] {
    context.run = [&context] { return ListAccounts(context); };
  });

  CLI::App* keys = app.add_subcommand("keys", "API keys of an account")->require_subcommand(1);
  CLI::App* add = keys->add_subcommand("create",
                                       "Create an API key\n  webhookctl keys create --account account_… "
                                       "--scopes webhooks:read,webhooks:write");
  add->add_option("--account", options->account, "Account id (WEBHOOK_ACCOUNT)");
  add->add_option("--scopes", options->scopes,
                  "webhooks:read webhooks:write deliveries:read redeliver events:publish event-types:write "
                  "admin operator "
                  "(sees all accounts)")
      ->delimiter(',');
  add->callback([&context, options] {
    context.run = [&context, options] { return CreateKey(context, options->account, options->scopes); };
  });
  CLI::App* list =
      keys->add_subcommand("list", "List an account's keys\n  webhookctl keys list --account account_…");
  list->add_option("--account", options->account, "Account id (WEBHOOK_ACCOUNT)");
  list->callback([&context, options] {
    context.run = [&context, options] { return ListKeys(context, options->account); };
  });
  CLI::App* revoke = keys->add_subcommand("revoke", "Revoke a key for good\n  webhookctl keys revoke key_…");
  revoke->add_option("id", options->key, "The key's id")->required();
  revoke->callback([&context, options] {
    context.run = [&context, options] { return RevokeKey(context, options->key); };
  });
}

}  // namespace webhook::ctl
