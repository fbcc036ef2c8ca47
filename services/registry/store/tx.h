#pragma once

namespace pqxx {
class dbtransaction;
}  // namespace pqxx

namespace webhook::store {

// A transaction, as postgres::Database::Transact() gives it. What takes one blocks, and throws the exceptions
// of libpqxx, which Transact() makes into errors; an error that it returns itself takes the transaction back.
// Row security shows it the rows of one account, or of all: see row_security.h.
using Tx = pqxx::dbtransaction;

}  // namespace webhook::store
