#include "services/registry/api/grpc/config_feed.h"

#include <algorithm>
#include <utility>

#include "log/log.h"

namespace webhook {
namespace {

constexpr char kChannel[] = "webhook_config";
constexpr std::chrono::milliseconds kLook{1'000};

}  // namespace

ConfigFeed::ConfigFeed(postgres::DatabaseOptions options, store::ConfigReader& reader)
    : options_(std::move(options)), reader_(reader), thread_("config-feed", [this] { Run(); }) {}

ConfigFeed::~ConfigFeed() {
  Stop();
}

void ConfigFeed::Stop() {
  stop_.RequestStop();
  changed_.notify_all();
  thread_.Join();
}

void ConfigFeed::Run() {
  while (!stop_.stopped()) {
    auto session = postgres::Session::Open(options_);
    const Status listening = session ? (*session)->Listen(kChannel) : Status(session.error());
    if (!listening) {
      log::Warn("config_feed.unavailable", {{"error", listening.error().message}});
      if (stop_.WaitFor(kLook)) return;
      continue;
    }
    Look();
    while (!stop_.stopped()) {
      const auto notified = (*session)->WaitNotification(kLook);
      if (!notified) break;
      Look();
    }
  }
}

void ConfigFeed::Look() {
  const auto revision = reader_.Revision();
  if (!revision) return;
  {
    const std::scoped_lock lock(mutex_);
    if (*revision == revision_) return;  // a lower one: the database was restored from a backup
    revision_ = *revision;
  }
  changed_.notify_all();
}

void ConfigFeed::Pause(std::chrono::milliseconds time) {
  static_cast<void>(stop_.WaitFor(time));
}

bool ConfigFeed::WaitBeyond(std::int64_t seen, std::chrono::milliseconds timeout) {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, timeout, [&] { return stop_.stopped() || revision_ > seen; });
  return revision_ > seen;
}

}  // namespace webhook
