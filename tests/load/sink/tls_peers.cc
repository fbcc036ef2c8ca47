#include "tests/load/sink/tls_peers.h"

#include <netinet/in.h>
#include <openssl/err.h>
#include <sys/socket.h>

#include "core/check.h"

namespace webhook::load {
namespace {

SSL_CTX* NewContext(bool tickets) {
  SSL_CTX* context = SSL_CTX_new(TLS_server_method());
  CHECK(context != nullptr, "OpenSSL makes contexts");
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_read_ahead(context, 1);
  if (!tickets) {
    SSL_CTX_set_options(context, SSL_OP_NO_TICKET);
    SSL_CTX_set_num_tickets(context, 0);
  }
  return context;
}

std::uint32_t DialledAddress(int fd) {
  sockaddr_in address{};
  socklen_t size = sizeof address;
  getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
  return address.sin_addr.s_addr;
}

}  // namespace

Result<std::unique_ptr<TlsPeers>> TlsPeers::Create(const std::string& ca_file) {
  std::unique_ptr<TlsPeers> made(new TlsPeers);
  if (Status written = made->authority_.WriteTo(ca_file); !written) return written.error();
  made->with_tickets_ = NewContext(true);
  made->without_tickets_ = NewContext(false);
  return made;
}

TlsPeers::~TlsPeers() {
  for (const auto& [fd, peer] : peers_) SSL_free(peer.ssl);
  SSL_CTX_free(with_tickets_);
  SSL_CTX_free(without_tickets_);
}

void TlsPeers::Add(int fd, bool tickets) {
  SSL* ssl = SSL_new(tickets ? with_tickets_ : without_tickets_);
  const bool usable = ssl != nullptr && SSL_use_certificate(ssl, authority_.For(DialledAddress(fd))) == 1 &&
                      SSL_use_PrivateKey(ssl, authority_.key()) == 1 && SSL_set_fd(ssl, fd) == 1;
  CHECK(usable, "OpenSSL takes the socket and its certificate");
  SSL_set_accept_state(ssl);
  peers_.emplace(fd, Peer{ssl});
}

std::optional<std::size_t> TlsPeers::Read(int fd, std::span<char> into) {
  Peer& peer = peers_.at(fd);
  ERR_clear_error();
  std::size_t got = 0;
  const int done = SSL_read_ex(peer.ssl, into.data(), into.size(), &got);
  if (!peer.ready && SSL_is_init_finished(peer.ssl)) {
    peer.ready = true;
    ++handshakes;
    if (SSL_session_reused(peer.ssl) == 1) ++resumed;
  }
  if (done == 1) return got;
  if (SSL_get_error(peer.ssl, done) == SSL_ERROR_WANT_READ) return 0;
  return std::nullopt;
}

bool TlsPeers::Write(int fd, std::string_view text) {
  ERR_clear_error();
  return SSL_write(peers_.at(fd).ssl, text.data(), static_cast<int>(text.size())) ==
         static_cast<int>(text.size());
}

void TlsPeers::Remove(int fd) {
  const auto found = peers_.find(fd);
  SSL_free(found->second.ssl);
  peers_.erase(found);
}

}  // namespace webhook::load
