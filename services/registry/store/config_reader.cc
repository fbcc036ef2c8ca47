#include "services/registry/store/config_reader.h"

#include <pqxx/pqxx>
#include <set>

#include "services/registry/store/cancellations.h"
#include "services/registry/store/values.h"
#include "services/registry/store/webhook_rows.h"

namespace webhook::store {
namespace {

std::int64_t ReadRevision(pqxx::dbtransaction& transaction) {
  return transaction.exec1("SELECT revision FROM config_revision")[0].as<std::int64_t>();
}

}  // namespace

Result<std::int64_t> ConfigReader::Revision() {
  return database_.Transact<std::int64_t>(
      "read revision",
      [](pqxx::dbtransaction& transaction) -> Result<std::int64_t> { return ReadRevision(transaction); });
}

Result<ConfigPart> ConfigReader::Page(const WebhookId& after, int limit) {
  return database_.Transact<ConfigPart>(
      "read webhooks", [&](pqxx::dbtransaction& transaction) -> Result<ConfigPart> {
        ConfigPart part;
        part.revision = ReadRevision(transaction);
        const auto rows = transaction.exec_params(
            std::string("SELECT ") + kWebhookColumns + " FROM webhooks WHERE id > $1 ORDER BY id LIMIT $2",
            after.str(), limit);
        for (const auto& row : rows) part.webhooks.push_back(ToWebhook(row).webhook);
        secrets_.Open(transaction, &part.webhooks);
        ReadCancellations(transaction, &part.webhooks);
        return part;
      });
}

Result<ConfigPart> ConfigReader::Changes(std::int64_t since, int limit) {
  return database_.Transact<ConfigPart>(
      "read changes", [&](pqxx::dbtransaction& transaction) -> Result<ConfigPart> {
        ConfigPart part;
        part.revision = ReadRevision(transaction);
        const auto changes = transaction.exec_params(
            "SELECT revision, kind, id FROM config_changes WHERE revision > $1 AND revision <= $2 "
            "ORDER BY revision LIMIT $3",
            since, part.revision, limit);
        // Each revision has a change, unless it is forgotten.
        part.too_old =
            since < part.revision && (changes.empty() || changes.front()[0].as<std::int64_t>() > since + 1);
        if (part.too_old) return part;
        if (changes.size() == static_cast<std::size_t>(limit))
          part.revision = changes.back()[0].as<std::int64_t>();
        std::set<std::string> ids;
        for (const auto& change : changes) {
          const bool webhook = change[1].as<std::string>() == "webhook";
          if (webhook) ids.insert(change[2].as<std::string>());
          if (!webhook) part.publishers_changed = true;
        }
        if (ids.empty()) return part;
        const auto rows = transaction.exec_params(
            std::string("SELECT ") + kWebhookColumns +
                " FROM webhooks WHERE id IN (SELECT jsonb_array_elements_text($1::jsonb))",
            ToJson(std::vector<std::string>(ids.begin(), ids.end())));
        for (const auto& row : rows) {
          part.webhooks.push_back(ToWebhook(row).webhook);
          ids.erase(part.webhooks.back().id.str());
        }
        for (const std::string& id : ids) part.deleted.emplace_back(id);
        secrets_.Open(transaction, &part.webhooks);
        ReadCancellations(transaction, &part.webhooks);
        return part;
      });
}

void ConfigReader::ForgetOldChanges(Tx& tx) {
  tx.exec_params0("DELETE FROM config_changes WHERE revision <= (SELECT revision - $1 FROM config_revision)",
                  kChangesKept);
}

Result<Publishers> ConfigReader::ReadPublishers() {
  return database_.Transact<Publishers>(
      "read publishers", [](pqxx::dbtransaction& transaction) -> Result<Publishers> {
        Publishers publishers;
        publishers.revision = ReadRevision(transaction);
        const auto keys = transaction.exec(
            "SELECT id, key_hmac, micros(expires_at) FROM api_keys WHERE revoked_at IS NULL "
            "AND coalesce(expires_at > now(), true) AND scopes @> '[\"events:publish\"]'");
        for (const auto& row : keys)
          publishers.keys.push_back(
              {ApiKeyId(row[0].as<std::string>()), pqxx::binarystring(row[1]).str(), ToOptionalTime(row[2])});
        for (const auto& row : transaction.exec("SELECT id FROM accounts"))
          publishers.account_ids.push_back(row[0].as<std::string>());
        for (const auto& row : transaction.exec("SELECT name, schema FROM event_types")) {
          publishers.event_types.push_back(row[0].as<std::string>());
          if (!row[1].is_null())
            publishers.event_schemas[row[0].as<std::string>()] = row[1].as<std::string>();
        }
        return publishers;
      });
}

}  // namespace webhook::store
