#include "services/registry/store/packed.h"

#include <zstd.h>

#include <stdexcept>

namespace webhook::store {
namespace {

constexpr int kLevel = -1;  // literals stay as they are: a third of the time, a few bytes more
constexpr std::size_t kHeadBytes = 2;
constexpr unsigned long long kMostUnpacked = 4u << 20;

// Never changed: what was packed by them needs them. The likeliest last.
constexpr std::string_view kBodyText =
    R"("url":"https://","error":"","message":"","reason":"","currency":"EUR","currency":"USD","country":"DE",)"
    R"("amount":,"price":,"quantity":1,"total":,"items":[{"id":"","name":"","description":""},{"first_name":"",)"
    R"("last_name":"","email":"@example.com","phone":"+","address":{"street":"","city":"","zip":"","state":""},)"
    R"("customer_id":"","account_id":"","order_id":"","user_id":"","status":"active","status":"pending",)"
    R"("type":"","enabled":true,"deleted":false,"metadata":{},"updated_at":"2026-01-01T00:00:00Z",)"
    R"("created_at":"2026-01-01T00:00:00Z","updated":,"created":1795823055,null,null],[],{}},true},false}},)"
    R"("api_version":"2.1.0"}{"id":"webhook_","event":"user.deleted","event":"user.updated",)"
    R"("event":"user.created","timestamp":"2026-11-27T23:44:14Z","data":{"id":")";
constexpr std::string_view kHeadText =
    "\r\nX-Platform-Test: true\r\nAuthorization: Bearer \r\nX-Api-Key: \r\ntraceparent: 00-\r\ntracestate: "
    "POST / HTTP/1.1\r\nHost: hooks.example.com\r\nHost: www.example.com:443\r\nPOST /webhooks "
    "HTTP/1.1\r\nHost: 127.0.0.1:8080\r\n"
    "Content-Type: application/json\r\nUser-Agent: Platform-Webhooks/1.0\r\nX-Platform-Event: "
    "user.created\r\n"
    "X-Platform-Delivery: delivery_\r\nX-Platform-Attempt: 1\r\nX-Platform-Signature: sha256=\r\n"
    "webhook-id: webhook_\r\nwebhook-timestamp: 1795823055\r\nwebhook-signature: v1,=\r\nContent-Length: "
    "1155\r\n"
    "\r\n";

using CompressDictionary = std::unique_ptr<ZSTD_CDict, decltype(&ZSTD_freeCDict)>;
using DecompressDictionary = std::unique_ptr<ZSTD_DDict, decltype(&ZSTD_freeDDict)>;

std::string_view TextOf(Dictionary dictionary) {
  return dictionary == Dictionary::kBody ? kBodyText : kHeadText;
}

CompressDictionary MakeDictionary(Dictionary dictionary) {
  const std::string_view text = TextOf(dictionary);
  return {ZSTD_createCDict(text.data(), text.size(), kLevel), &ZSTD_freeCDict};
}

const ZSTD_DDict* DictionaryOf(char number) {
  const auto make = [](Dictionary dictionary) {
    const std::string_view text = TextOf(dictionary);
    return DecompressDictionary(ZSTD_createDDict(text.data(), text.size()), &ZSTD_freeDDict);
  };
  static const DecompressDictionary body = make(Dictionary::kBody);
  static const DecompressDictionary head = make(Dictionary::kHead);
  switch (static_cast<Dictionary>(number)) {
    case Dictionary::kBody:
      return body.get();
    case Dictionary::kHead:
      return head.get();
  }
  return nullptr;
}

}  // namespace

struct Packer::State {
  std::unique_ptr<ZSTD_CCtx, decltype(&ZSTD_freeCCtx)> context{ZSTD_createCCtx(), &ZSTD_freeCCtx};
  CompressDictionary body = MakeDictionary(Dictionary::kBody);
  CompressDictionary head = MakeDictionary(Dictionary::kHead);
  std::string packed;
};

Packer::Packer() : state_(std::make_unique<State>()) {}
Packer::~Packer() = default;

std::string_view Packer::Pack(Dictionary dictionary, std::string_view bytes) {
  const bool taken_for_packed = !bytes.empty() && bytes[0] == '\0';
  if (bytes.size() < kLeastPacked && !taken_for_packed) return bytes;
  std::string& packed = state_->packed;
  packed.resize(kHeadBytes + ZSTD_compressBound(bytes.size()));
  packed[0] = '\0';
  packed[1] = static_cast<char>(dictionary);
  const CompressDictionary& by = dictionary == Dictionary::kBody ? state_->body : state_->head;
  const std::size_t size =
      ZSTD_compress_usingCDict(state_->context.get(), packed.data() + kHeadBytes, packed.size() - kHeadBytes,
                               bytes.data(), bytes.size(), by.get());
  if (ZSTD_isError(size) != 0) throw std::runtime_error(ZSTD_getErrorName(size));
  packed.resize(kHeadBytes + size);
  return packed.size() < bytes.size() || taken_for_packed ? std::string_view(packed) : bytes;
}

std::string Unpack(std::string_view bytes) {
  if (bytes.empty() || bytes[0] != '\0') return std::string(bytes);
  const ZSTD_DDict* const dictionary = bytes.size() < kHeadBytes ? nullptr : DictionaryOf(bytes[1]);
  if (dictionary == nullptr) throw std::runtime_error("the log holds bytes packed by a later version");
  const std::string_view frame = bytes.substr(kHeadBytes);
  const unsigned long long size = ZSTD_getFrameContentSize(frame.data(), frame.size());
  std::string unpacked(size <= kMostUnpacked ? size : 0, '\0');
  const std::unique_ptr<ZSTD_DCtx, decltype(&ZSTD_freeDCtx)> context(ZSTD_createDCtx(), &ZSTD_freeDCtx);
  const std::size_t got = ZSTD_decompress_usingDDict(context.get(), unpacked.data(), unpacked.size(),
                                                     frame.data(), frame.size(), dictionary);
  if (ZSTD_isError(got) != 0 || got != size) throw std::runtime_error("the log holds broken bytes");
  return unpacked;
}

}  // namespace webhook::store
