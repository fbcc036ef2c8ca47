#include "http/internal/connection.h"

#include <openssl/ssl.h>
#include <sys/socket.h>

#include <cerrno>

namespace webhook::http {

bool Connection::NothingUnread() const {
  if (buffer.size() > 0) return false;
  if (!tls) return true;
  SSL* handle = const_cast<Tls&>(*tls).native_handle();
  return SSL_has_pending(handle) == 0 && BIO_ctrl_pending(SSL_get_rbio(handle)) == 0;
}

bool Connection::StillOpen() {
  char byte = 0;
  const ssize_t got = recv(socket.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  // A byte may be a session ticket of TLS 1.3, or the answer to a request that nobody has made: not worth a
  // risk, since resumption makes the next handshake cheap.
  return got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
}

}  // namespace webhook::http
