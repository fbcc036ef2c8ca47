#include "tests/load/publish/event_maker.h"

#include <cstdio>
#include <cstring>
#include <string_view>
#include <utility>

namespace webhook::load {
namespace {

constexpr std::string_view kHead =
    R"({"sent_us":0000000000000000,"order_id":000000000000,"currency":"EUR","paid":true,)"
    R"("customer":{"name":"Zoë Müller","country":"DE"},"items":[)";
constexpr std::string_view kItem = R"({"sku":"A-1029-33","quantity":2,"price":1299,"note":"gift"},)";
constexpr std::string_view kTail = R"("end"],"comment":")";
constexpr std::size_t kSentAt = std::string_view(R"({"sent_us":)").size();
constexpr std::size_t kSentDigits = 16;
constexpr std::size_t kOrderAt = std::string_view(R"({"sent_us":0000000000000000,"order_id":)").size();
constexpr std::size_t kOrderDigits = 12;

// Canonical JSON has no leading zeroes: these numbers have none from the first event on.
constexpr std::uint64_t kFirstOrder = 100'000'000'000;

void Write(std::uint64_t number, std::size_t digits, char* to) {
  for (std::size_t i = digits; i-- > 0; number /= 10) to[i] = static_cast<char>('0' + number % 10);
}

}  // namespace

EventMaker::EventMaker(std::vector<std::string> accounts, std::vector<std::string> types,
                       std::size_t data_bytes)
    : accounts_(std::move(accounts)), types_(std::move(types)), data_(kHead) {
  const std::size_t last = kTail.size() + 2;  // and "}
  while (data_.size() + kItem.size() + last <= data_bytes) data_ += kItem;
  data_ += kTail;
  if (data_.size() + 2 < data_bytes) data_.append(data_bytes - data_.size() - 2, 'x');
  data_ += "\"}";
}

void EventMaker::Fill(std::uint64_t n, WallTime sent, v1::Event* event) const {
  event->set_account_id(accounts_[n % accounts_.size()]);
  event->set_event_type(types_[n / accounts_.size() % types_.size()]);
  std::string* data = event->mutable_data();
  *data = data_;
  Write(static_cast<std::uint64_t>(sent.time_since_epoch().count()), kSentDigits, data->data() + kSentAt);
  Write(kFirstOrder + n, kOrderDigits, data->data() + kOrderAt);
}

}  // namespace webhook::load
