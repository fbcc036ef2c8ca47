#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/result.h"
#include "services/registry/api/operations/access.h"
#include "services/registry/api/operations/schema.h"

namespace webhook {

// One method of one path, as the document has it.
struct Operation {
  std::string id;      // operationId
  std::string method;  // "GET"
  std::string path;    // "/v2/webhooks/{id}"
  Access access;
  bool open = false;                            // needs no credentials
  std::map<std::string, nlohmann::json> query;  // parameter -> schema
  std::optional<nlohmann::json> body;           // schema; nullopt: it takes none
  bool body_required = false;
  bool takes_idempotency_key = false;
};

// The values of a call's query, by name, of the types that the schemas say; defaults filled in.
using QueryValues = std::map<std::string, nlohmann::json>;

// The API's description (OpenAPI 3.1): the one source of its routes, scopes and checks. It is bundled from
// services/registry/openapi at build time. Immutable; from any thread.
class Document {
 public:
  // That of this binary.
  static const Document& Get();
  // REQUIRES: valid OpenAPI with what Operation needs.
  explicit Document(std::string_view text);

  const std::vector<Operation>& operations() const { return operations_; }
  // As it is served.
  const std::string& text() const { return text_; }

  struct Found {
    const Operation* operation = nullptr;  // null: none at this path has the method
    std::string id;                        // the path's {id}; empty: it has none
    std::string allowed;                   // methods of the path, "GET, PUT"; empty: there is no such path
  };
  // A path of fixed words goes before one with an id: /v2/webhooks/test is no webhook named "test".
  Found Find(const std::string& method, std::string_view path) const;

  // Notes everything that is wrong; unknown parameters too: a misspelt filter must not show everything.
  QueryValues ReadQuery(const Operation& operation,
                        const std::vector<std::pair<std::string, std::string>>& query,
                        std::vector<FieldViolation>* violations) const;
  // The same of values that have their types already; fills in defaults.
  std::vector<FieldViolation> CheckQuery(const Operation& operation, QueryValues* values) const;
  // Everything that is wrong with the body. REQUIRES: the operation takes one.
  std::vector<FieldViolation> CheckBody(const Operation& operation, const nlohmann::json& body) const;
  // Of all requests' schemas: what SchemaCheck would not heed.
  std::vector<std::string> UnknownKeywords() const;

 private:
  void Read(const std::string& path, const nlohmann::json& shared, const std::string& method,
            const nlohmann::json& operation);
  const nlohmann::json& Resolve(const nlohmann::json& part) const { return schemas_.Resolve(part); }

  const std::string text_;
  const nlohmann::json json_;
  const SchemaCheck schemas_;
  std::vector<Operation> operations_;
};

}  // namespace webhook
