#pragma once

#include <boost/asio/ssl/context.hpp>
#include <memory>
#include <string>
#include <unordered_map>

#include "core/result.h"
#include "http/endpoint_url.h"
#include "http/internal/connection.h"

namespace webhook::http {

// The client's side of TLS: 1.2 and newer, the peer's certificate checked against the URL's host, sessions
// resumed.
class TlsContext {
 public:
  // ca_file empty: the system's store. kInvalid where it cannot be read.
  static Result<std::unique_ptr<TlsContext>> Create(const std::string& ca_file);
  ~TlsContext();

  // Puts TLS over the connected socket, ready for its handshake.
  Status Wrap(Connection& connection, const EndpointUrl& url);
  // One sentence on why a handshake failed.
  static std::string DescribeFailure(const Connection& connection, const boost::system::error_code& error);

  // OpenSSL has a new session for the endpoint with this key. For the C callback alone.
  void KeepSession(const std::string& key, void* session);

 private:
  TlsContext() : context_(boost::asio::ssl::context::tls_client) {}

  boost::asio::ssl::context context_;
  std::unordered_map<std::string, void*> sessions_;  // SSL_SESSION, owned; at most kMaxSessions
};

}  // namespace webhook::http
