#include "report/span_queue.h"

#include <utility>

namespace report {

bool SpanQueue::add(std::string span) {
    const std::size_t size = span.size();
    if (spans_.size() >= most_spans || size > most_bytes - bytes_) return false;
    spans_.push_back(std::move(span));
    bytes_ += size;
    return true;
}

std::vector<std::string> SpanQueue::take(std::size_t count, std::size_t bytes) {
    std::size_t taken = 0, sum = 0;
    while (taken < spans_.size() && taken < count && (taken == 0 || sum + spans_[taken].size() <= bytes))
        sum += spans_[taken++].size();
    std::vector<std::string> batch;
    batch.reserve(taken);
    for (; taken != 0; taken--) {
        batch.push_back(std::move(spans_.front()));
        spans_.pop_front();
    }
    bytes_ -= sum;
    return batch;
}

void SpanQueue::clear() noexcept {
    spans_.clear();
    bytes_ = 0;
}

}  // namespace report
