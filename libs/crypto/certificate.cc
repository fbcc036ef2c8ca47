#include "crypto/certificate.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <ctime>
#include <memory>
#include <utility>

namespace webhook::crypto {
namespace {

template <auto Free>
struct Deleter {
  template <typename T>
  void operator()(T* object) const {
    Free(object);
  }
};
void FreeStack(STACK_OF(X509) * stack) {
  sk_X509_pop_free(stack, X509_free);
}
void FreeNames(GENERAL_NAMES* names) {
  GENERAL_NAMES_free(names);
}
using Bio = std::unique_ptr<BIO, Deleter<BIO_free>>;
using Certificate = std::unique_ptr<X509, Deleter<X509_free>>;
using Key = std::unique_ptr<EVP_PKEY, Deleter<EVP_PKEY_free>>;
using Store = std::unique_ptr<X509_STORE, Deleter<X509_STORE_free>>;
using Context = std::unique_ptr<X509_STORE_CTX, Deleter<X509_STORE_CTX_free>>;
using Stack = std::unique_ptr<STACK_OF(X509), Deleter<FreeStack>>;
using Names = std::unique_ptr<GENERAL_NAMES, Deleter<FreeNames>>;

Error Bad(const std::string& what) {
  ERR_clear_error();
  return {ErrorCode::kInvalid, "bad_certificate", what};
}

Bio Reader(std::string_view text) {
  return Bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

// All certificates of the text; empty where there is none, or one cannot be read.
std::vector<Certificate> ReadCertificates(std::string_view text) {
  const Bio bio = Reader(text);
  std::vector<Certificate> all;
  while (X509* read = PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr)) all.emplace_back(read);
  // The end of the text is an error too, and the only one that is none.
  const bool ended = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
  ERR_clear_error();
  if (!ended) all.clear();
  return all;
}

// A key with a passphrase would have OpenSSL ask for it at the terminal.
int NoPassphrase(char*, int, int, void*) {
  return -1;
}

WallTime ExpiryOf(const X509* certificate) {
  std::tm time{};
  ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &time);
  return WallTime(std::chrono::duration_cast<WallTime::duration>(std::chrono::seconds(timegm(&time))));
}

std::vector<std::string> NamesOf(const X509* certificate) {
  std::vector<std::string> all;
  const Names names(
      static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)));
  for (int i = 0; names && i < sk_GENERAL_NAME_num(names.get()); ++i) {
    const GENERAL_NAME* name = sk_GENERAL_NAME_value(names.get(), i);
    if (name->type != GEN_DNS) continue;
    const ASN1_IA5STRING* text = name->d.dNSName;
    all.emplace_back(reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
                     static_cast<std::size_t>(ASN1_STRING_length(text)));
  }
  return all;
}

// One use of a certificate, by the number that OpenSSL has for it.
struct Purpose {
  int number;
  const char* name;
};
// A service is called and calls, with the same certificate.
constexpr std::array kPurposes = {Purpose{X509_PURPOSE_SSL_SERVER, "server"},
                                  Purpose{X509_PURPOSE_SSL_CLIENT, "client"}};

// When the first certificate of the chain that was found ends.
Result<WallTime> CheckChain(const std::vector<Certificate>& chain,
                            const std::vector<Certificate>& authorities, const Purpose& purpose,
                            WallTime now) {
  const Store store(X509_STORE_new());
  for (const Certificate& authority : authorities) X509_STORE_add_cert(store.get(), authority.get());
  const Stack between(sk_X509_new_null());
  for (std::size_t i = 1; i < chain.size(); ++i) {
    X509_up_ref(chain[i].get());
    sk_X509_push(between.get(), chain[i].get());
  }
  const Context context(X509_STORE_CTX_new());
  X509_STORE_CTX_init(context.get(), store.get(), chain.front().get(), between.get());
  X509_STORE_CTX_set_time(
      context.get(), 0,
      static_cast<std::time_t>(
          std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch()).count()));
  X509_STORE_CTX_set_purpose(context.get(), purpose.number);
  if (X509_verify_cert(context.get()) != 1)
    return Bad(std::string("the certificate does not hold as a ") + purpose.name +
               "'s: " + X509_verify_cert_error_string(X509_STORE_CTX_get_error(context.get())));
  const STACK_OF(X509)* found = X509_STORE_CTX_get0_chain(context.get());
  WallTime ends = WallTime::max();
  for (int i = 0; i < sk_X509_num(found); ++i) ends = std::min(ends, ExpiryOf(sk_X509_value(found, i)));
  return ends;
}

}  // namespace

Result<CertificateFacts> CheckIdentity(std::string_view chain, std::string_view key,
                                       std::string_view authorities, WallTime now) {
  const auto certificates = ReadCertificates(chain);
  if (certificates.empty()) return Bad("the certificate is no PEM certificate");
  const auto known = ReadCertificates(authorities);
  if (known.empty()) return Bad("the authorities are no PEM certificates");
  const Bio bio = Reader(key);
  const Key own(PEM_read_bio_PrivateKey(bio.get(), nullptr, &NoPassphrase, nullptr));
  if (!own) return Bad("the key is no PEM private key without a passphrase");
  const X509* first = certificates.front().get();
  if (X509_check_private_key(first, own.get()) != 1) return Bad("the key is not the certificate's");
  CertificateFacts facts{WallTime::max(), NamesOf(first)};
  for (const Purpose& purpose : kPurposes) {
    const auto ends = CheckChain(certificates, known, purpose, now);
    if (!ends) return ends.error();
    facts.expires_at = std::min(facts.expires_at, *ends);
  }
  return facts;
}

}  // namespace webhook::crypto
