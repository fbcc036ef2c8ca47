#include "tests/load/egress/raw_tls.h"

#include <openssl/x509v3.h>

#include "core/check.h"

namespace webhook::load {

Result<std::unique_ptr<RawTls>> RawTls::Create(const std::string& ca_file, std::size_t hosts, bool resume) {
  std::unique_ptr<RawTls> made(new RawTls);
  made->sessions_.resize(hosts);
  made->context_ = SSL_CTX_new(TLS_client_method());
  CHECK(made->context_ != nullptr, "OpenSSL makes contexts");
  SSL_CTX_set_verify(made->context_, SSL_VERIFY_PEER, nullptr);
  // One read of the socket brings a record whole, not its header first.
  SSL_CTX_set_read_ahead(made->context_, 1);
  SSL_CTX_set_app_data(made->context_, made.get());
  if (SSL_CTX_load_verify_locations(made->context_, ca_file.c_str(), nullptr) != 1)
    return Error{ErrorCode::kInvalid, "unreadable", "cannot read " + ca_file};
  SSL_CTX_set_session_cache_mode(
      made->context_, resume ? SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL : SSL_SESS_CACHE_OFF);
  if (resume) SSL_CTX_sess_set_new_cb(made->context_, &OnNewSession);
  return made;
}

RawTls::~RawTls() {
  for (SSL_SESSION* session : sessions_) SSL_SESSION_free(session);
  SSL_CTX_free(context_);
}

SSL* RawTls::Connect(int fd, std::size_t host, const std::string& address) {
  SSL* ssl = SSL_new(context_);
  const bool usable = ssl != nullptr && SSL_set_fd(ssl, fd) == 1 &&
                      X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), address.c_str()) == 1;
  CHECK(usable, "OpenSSL takes the socket");
  SSL_set_app_data(ssl, &sessions_[host]);
  if (sessions_[host] != nullptr) SSL_set_session(ssl, sessions_[host]);
  SSL_set_connect_state(ssl);
  return ssl;
}

int RawTls::OnNewSession(SSL* ssl, SSL_SESSION* session) {
  auto* kept = static_cast<SSL_SESSION**>(SSL_get_app_data(ssl));
  SSL_SESSION_free(*kept);
  *kept = session;
  return 1;  // the session is ours now
}

}  // namespace webhook::load
