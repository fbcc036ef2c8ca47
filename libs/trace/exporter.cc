#include "trace/exporter.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace webhook::trace {

Exporter::Exporter(Parts parts, const Limits& limits) : parts_(std::move(parts)), limits_(limits) {}

void Exporter::Emit(Span span) {
  std::size_t waiting = 0;
  {
    auto queue = queue_.Lock();
    if (!queue->closed && queue->spans.size() < limits_.max_queued) {
      queue->spans.push_back(std::move(span));
      waiting = queue->spans.size();
    }
  }
  if (waiting == 0) return parts_.dropped.Add();
  if (waiting % limits_.batch == 0) parts_.on_full();
}

std::vector<Span> Exporter::TakeBatch() {
  auto queue = queue_.Lock();
  const auto first = queue->spans.begin();
  const auto end =
      first + static_cast<std::ptrdiff_t>(std::min<std::size_t>(limits_.batch, queue->spans.size()));
  std::vector<Span> batch(std::make_move_iterator(first), std::make_move_iterator(end));
  queue->spans.erase(first, end);
  return batch;
}

void Exporter::Flush() {
  if (sending_ > 0) return;
  const std::vector<Span> batch = TakeBatch();
  if (batch.empty()) {
    if (on_closed_) std::exchange(on_closed_, nullptr)();
    return;
  }
  sending_ = batch.size();
  parts_.collector.Send(EncodeOtlp(parts_.resource, batch), [this](const Status& sent) { OnSent(sent); });
}

void Exporter::OnSent(const Status& sent) {
  (sent ? parts_.exported : parts_.dropped).Add(static_cast<double>(std::exchange(sending_, 0)));
  if (failing_ == sent.ok()) {
    failing_ = !sent;
    parts_.on_change(sent);
  }
  if (on_closed_ && !sent) DropRest();
  if (on_closed_ || queue_.Lock()->spans.size() >= limits_.batch) Flush();
}

void Exporter::Close(std::function<void()> done) {
  queue_.Lock()->closed = true;
  on_closed_ = std::move(done);
  Flush();
}

void Exporter::DropRest() {
  const std::size_t waiting = std::exchange(queue_.Lock()->spans, {}).size();
  parts_.dropped.Add(static_cast<double>(std::exchange(sending_, 0) + waiting));
}

}  // namespace webhook::trace
