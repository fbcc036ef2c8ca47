#pragma once

#include <openssl/bio.h>

#include <cstddef>

namespace webhook::http {

// A socket that gives so much and no more until it is allowed more: OpenSSL, and a reader, go on for as long
// as there is something, and a peer may send as fast as they read.
struct MeteredSocket {
  // As recv(2), some of it at once or nothing; EAGAIN also where nothing is allowed any more.
  long Receive(void* into, std::size_t room);

  int handle = -1;
  std::size_t allowance = 0;  // bytes
  bool cut_off = false;       // a read found nothing left of the allowance
};

// A socket as OpenSSL's source and sink, without the SIGPIPE of OpenSSL's own. The socket stays the caller's,
// and outlives the BIO.
BIO* NewSocketBio(MeteredSocket& socket);

}  // namespace webhook::http
