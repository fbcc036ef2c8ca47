#pragma once

#include <openssl/bio.h>

namespace webhook::http {

// A socket as OpenSSL's source and sink, without the SIGPIPE of OpenSSL's own. The socket stays the caller's.
BIO* NewSocketBio(int socket);

}  // namespace webhook::http
