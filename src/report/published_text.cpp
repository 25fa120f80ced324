#include "report/published_text.h"

#include <algorithm>
#include <cstring>

#include "report/checksum.h"

namespace report {
namespace {

constexpr std::size_t word_bytes = sizeof(std::uint64_t);

}  // namespace

void PublishedText::publish(std::uint64_t number, std::string_view text, Time good_until) noexcept {
    if (text.size() > room) return;
    Checksum checksum(number);
    written_.store(0, std::memory_order_relaxed);
    std::atomic_thread_fence(std::memory_order_release);
    for (std::size_t i = 0; i * word_bytes < text.size(); i++) {
        const std::string_view part = text.substr(i * word_bytes, word_bytes);
        std::uint64_t word = 0;
        std::memcpy(&word, part.data(), part.size());
        content_[i].store(word, std::memory_order_relaxed);
        checksum.add(word);
    }
    size_.store(text.size(), std::memory_order_relaxed);
    checksum_.store(checksum.sum(), std::memory_order_relaxed);
    good_until_.store(good_until.time_since_epoch().count(), std::memory_order_relaxed);
    written_.store(number, std::memory_order_release);
}

std::optional<std::string> PublishedText::read(std::uint64_t number) const {
    if (written_.load(std::memory_order_acquire) != number) return std::nullopt;
    Checksum checksum(number);
    std::string text(std::min<std::size_t>(size_.load(std::memory_order_relaxed), room), '\0');
    for (std::size_t i = 0; i * word_bytes < text.size(); i++) {
        const std::uint64_t word = content_[i].load(std::memory_order_relaxed);
        std::memcpy(&text[i * word_bytes], &word, std::min(word_bytes, text.size() - i * word_bytes));
        checksum.add(word);
    }
    if (checksum_.load(std::memory_order_relaxed) != checksum.sum()) return std::nullopt;
    return text;
}

}  // namespace report
