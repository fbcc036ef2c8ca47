#include "http/internal/socket_bio.h"

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>

#include "core/check.h"

namespace webhook::http {
namespace {

MeteredSocket& SocketOf(BIO* bio) {
  return *static_cast<MeteredSocket*>(BIO_get_data(bio));
}

bool IsTemporary() {
  return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
}

int Write(BIO* bio, const char* data, std::size_t size, std::size_t* written) {
  BIO_clear_retry_flags(bio);
  const ssize_t done = send(SocketOf(bio).handle, data, size, MSG_NOSIGNAL | MSG_DONTWAIT);
  if (done > 0) {
    *written = static_cast<std::size_t>(done);
    return 1;
  }
  if (done < 0 && IsTemporary()) BIO_set_retry_write(bio);
  return 0;
}

int Read(BIO* bio, char* data, std::size_t size, std::size_t* got) {
  BIO_clear_retry_flags(bio);
  const long done = SocketOf(bio).Receive(data, size);
  if (done > 0) {
    *got = static_cast<std::size_t>(done);
    return 1;
  }
  if (done < 0 && IsTemporary()) BIO_set_retry_read(bio);
  if (done == 0) BIO_set_flags(bio, BIO_FLAGS_IN_EOF);
  return 0;
}

long Control(BIO* bio, int command, long, void*) {
  switch (command) {
    case BIO_CTRL_EOF:
      return BIO_test_flags(bio, BIO_FLAGS_IN_EOF) != 0 ? 1 : 0;
    case BIO_CTRL_FLUSH:
      return 1;
    default:
      return 0;
  }
}

BIO_METHOD* Method() {
  static BIO_METHOD* const method = [] {
    BIO_METHOD* made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "socket");
    const bool usable = made != nullptr && BIO_meth_set_write_ex(made, &Write) == 1 &&
                        BIO_meth_set_read_ex(made, &Read) == 1 && BIO_meth_set_ctrl(made, &Control) == 1;
    CHECK(usable, "OpenSSL makes BIO methods");
    return made;
  }();
  return method;
}

}  // namespace

long MeteredSocket::Receive(void* into, std::size_t room) {
  if (allowance == 0) {
    cut_off = true;
    errno = EAGAIN;
    return -1;
  }
  const ssize_t got = recv(handle, into, std::min(room, allowance), MSG_DONTWAIT);
  if (got > 0) allowance -= static_cast<std::size_t>(got);
  return got;
}

BIO* NewSocketBio(MeteredSocket& socket) {
  BIO* bio = BIO_new(Method());
  CHECK(bio != nullptr, "OpenSSL makes BIOs");
  BIO_set_data(bio, &socket);
  BIO_set_init(bio, 1);
  return bio;
}

}  // namespace webhook::http
