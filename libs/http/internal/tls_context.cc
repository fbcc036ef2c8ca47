#include "http/internal/tls_context.h"

#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <utility>

#include "runtime/clock.h"

namespace webhook::http {
namespace {

namespace ssl = boost::asio::ssl;

// A session holds its peer's certificates: all of TlsSessions together at most 64 MiB.
constexpr long kMaxChainBytes = 64 * 1024;

int ConnectionIndex() {
  static const int index = SSL_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
  return index;
}

// Index 0 is Asio's.
int ContextIndex() {
  static const int index = SSL_CTX_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
  return index;
}

int OnNewSession(SSL* handle, SSL_SESSION* session) {
  auto* context = static_cast<TlsContext*>(SSL_CTX_get_ex_data(SSL_get_SSL_CTX(handle), ContextIndex()));
  auto* connection = static_cast<Connection*>(SSL_get_ex_data(handle, ConnectionIndex()));
  if (context == nullptr || connection == nullptr) return 0;
  context->KeepSession(*connection, TlsSessions::Owned(session));
  return 1;  // the session is ours now
}

}  // namespace

Result<std::unique_ptr<TlsContext>> TlsContext::Create(const std::string& ca_file) {
  std::unique_ptr<TlsContext> made(new TlsContext());
  SSL_CTX* native = made->context_.native_handle();
  SSL_CTX_set_min_proto_version(native, TLS1_2_VERSION);
  boost::system::error_code error;
  made->context_.set_verify_mode(ssl::verify_peer, error);
  if (ca_file.empty()) {
    made->context_.set_default_verify_paths(error);
  } else {
    made->context_.load_verify_file(ca_file, error);
  }
  if (error) {
    return InvalidError({{"egress-ca-file", "unreadable",
                          "cannot read authorities from " + ca_file + ": " + error.message()}});
  }
  SSL_CTX_set_options(native, SSL_OP_NO_RENEGOTIATION);
  // A request goes on from where it was left, and a record is read at once, not its header first.
  SSL_CTX_set_mode(
      native, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_read_ahead(native, 1);
  SSL_CTX_set_max_cert_list(native, kMaxChainBytes);
  SSL_CTX_set_session_cache_mode(native, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
  SSL_CTX_set_ex_data(native, ContextIndex(), made.get());
  SSL_CTX_sess_set_new_cb(native, &OnNewSession);
  return made;
}

void TlsContext::KeepSession(const Connection& connection, TlsSessions::Owned session) {
  const auto valid_until = ValidUntil(SSL_SESSION_get0_peer(session.get()));
  if (!valid_until) return;
  const bool verified = SSL_session_reused(connection.tls()) == 0;
  sessions_.Keep(
      connection.pool_key,
      {std::move(session), verified ? connection.tls_began : connection.offered_verified_at, *valid_until});
}

Status TlsContext::Wrap(Connection& connection, const EndpointUrl& url) {
  SSL* handle = SSL_new(context_.native_handle());
  if (handle == nullptr) return Error{ErrorCode::kInternal, "tls_setup", "TLS cannot be set up"};
  connection.BeginTls(handle);
  SSL_set_ex_data(handle, ConnectionIndex(), &connection);
  bool named = false;
  if (url.host_is_ip) {
    named = X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(handle), url.host.c_str()) == 1;
  } else {
    SSL_set_hostflags(handle, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    named = SSL_set_tlsext_host_name(handle, url.host.c_str()) == 1 &&
            SSL_set1_host(handle, url.host.c_str()) == 1;
  }
  if (!named) return Error{ErrorCode::kInternal, "tls_setup", "TLS cannot be set up"};
  const Now now = runtime::ReadClock();
  const TlsSessions::Entry* offered = sessions_.Find(connection.pool_key, now);
  if (offered != nullptr) SSL_set_session(handle, offered->session.get());
  connection.tls_began = now.mono;
  connection.offered_verified_at = offered != nullptr ? offered->verified_at : now.mono;
  return Ok();
}

std::string TlsContext::DescribeFailure(const Connection& connection,
                                        const boost::system::error_code& error) {
  const long verdict = connection.tls() != nullptr ? SSL_get_verify_result(connection.tls()) : X509_V_OK;
  if (error == boost::system::errc::protocol_error)
    return "TLS: the peer sends more than " + std::to_string(Connection::kMaxTlsMessages) +
           " messages that are no data";
  if (verdict != X509_V_OK) return std::string("TLS: ") + X509_verify_cert_error_string(verdict);
  return "TLS: " + error.message();
}

}  // namespace webhook::http
