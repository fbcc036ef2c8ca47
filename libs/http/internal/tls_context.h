#pragma once

#include <boost/asio/ssl/context.hpp>
#include <memory>
#include <string>

#include "core/result.h"
#include "http/endpoint_url.h"
#include "http/internal/connection.h"
#include "http/internal/tls_sessions.h"

namespace webhook::http {

// The client's side of TLS: 1.2 and newer, the peer's certificate checked against the URL's host, sessions
// resumed.
class TlsContext {
 public:
  // ca_file empty: the system's store. kInvalid where it cannot be read.
  static Result<std::unique_ptr<TlsContext>> Create(const std::string& ca_file);

  // Puts TLS over the connected socket, ready for its handshake.
  Status Wrap(Connection& connection, const EndpointUrl& url);
  // One sentence on why a handshake failed.
  static std::string DescribeFailure(const Connection& connection, const boost::system::error_code& error);

  // A handshake with the endpoint failed: the next is a whole one.
  void ForgetSession(const std::string& pool_key) { sessions_.Forget(pool_key); }
  // OpenSSL has a new session of the connection. For the C callback alone.
  void KeepSession(const Connection& connection, TlsSessions::Owned session);

 private:
  TlsContext() : context_(boost::asio::ssl::context::tls_client) {}

  boost::asio::ssl::context context_;
  TlsSessions sessions_;
};

}  // namespace webhook::http
