#include "tests/load/sink/authority.h"

#include <arpa/inet.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <array>
#include <cstdio>

#include "core/check.h"

namespace webhook::load {
namespace {

constexpr long kDaySeconds = 86'400;

std::string ToText(std::uint32_t address) {
  std::array<char, INET_ADDRSTRLEN> text{};
  const in_addr in{address};
  inet_ntop(AF_INET, &in, text.data(), text.size());
  return text.data();
}

void Extend(X509* certificate, X509* issuer, int id, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, id, value.c_str());
  CHECK(extension != nullptr && X509_add_ext(certificate, extension, -1) == 1,
        "the extension is well formed");
  X509_EXTENSION_free(extension);
}

}  // namespace

Authority::Authority() : key_(EVP_EC_gen("P-256")) {
  CHECK(key_ != nullptr, "OpenSSL makes P-256 keys");
  own_ = Make("load-sink authority", nullptr, "");
}

Authority::~Authority() {
  for (const auto& [address, certificate] : made_) X509_free(certificate);
  X509_free(own_);
  EVP_PKEY_free(key_);
}

X509* Authority::Make(const std::string& name, X509* issuer, const std::string& alternative_name) {
  X509* made = X509_new();
  X509_set_version(made, X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(made), ++last_serial_);
  X509_gmtime_adj(X509_getm_notBefore(made), -kDaySeconds);
  X509_gmtime_adj(X509_getm_notAfter(made), kDaySeconds);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(made), "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
  X509* signer = issuer == nullptr ? made : issuer;
  X509_set_issuer_name(made, X509_get_subject_name(signer));
  X509_set_pubkey(made, key_);
  Extend(made, signer, NID_basic_constraints, issuer == nullptr ? "critical,CA:TRUE" : "CA:FALSE");
  if (!alternative_name.empty()) Extend(made, signer, NID_subject_alt_name, alternative_name);
  CHECK(X509_sign(made, key_, EVP_sha256()) > 0, "a certificate can be signed");
  return made;
}

Status Authority::WriteTo(const std::string& file) const {
  std::FILE* out = std::fopen(file.c_str(), "w");
  const bool written = out != nullptr && PEM_write_X509(out, own_) == 1;
  const bool closed = out != nullptr && std::fclose(out) == 0;
  if (!written || !closed) return Error{ErrorCode::kUnavailable, "cannot_write", "cannot write " + file};
  return Ok();
}

X509* Authority::For(std::uint32_t address) {
  X509*& certificate = made_[address];
  if (certificate == nullptr) certificate = Make(ToText(address), own_, "IP:" + ToText(address));
  return certificate;
}

}  // namespace webhook::load
