#include "report/name_table.h"

#include <algorithm>
#include <cstring>
#include <functional>

namespace report {
namespace {

constexpr std::size_t word_bytes = sizeof(std::uint64_t);

std::uint64_t hash_of(std::string_view text) noexcept {
    return std::hash<std::string_view>()(text) | (std::uint64_t{1} << 63U);  // never that of a free place
}

std::uint64_t word_at(std::string_view text, std::size_t number) noexcept {
    const std::string_view part = text.substr(std::min(number * word_bytes, text.size()), word_bytes);
    std::uint64_t word = 0;
    std::memcpy(&word, part.data(), part.size());
    return word;
}

std::size_t words_of(std::size_t bytes) noexcept {
    return (bytes + word_bytes - 1) / word_bytes;
}

void write(StoredName& stored, std::string_view text) noexcept {
    for (std::size_t i = 0; i < words_of(text.size()); i++)
        stored.words.at(i).store(word_at(text, i), std::memory_order_relaxed);
    stored.size_and_1.store(static_cast<std::uint32_t>(text.size() + 1), std::memory_order_release);
}

// Written first, where somebody has died before he could.
bool holds(StoredName& stored, std::string_view text) noexcept {
    const auto size_and_1 = stored.size_and_1.load(std::memory_order_acquire);
    if (size_and_1 == 0) {
        write(stored, text);
        return true;
    }
    if (size_and_1 != text.size() + 1) return false;
    for (std::size_t i = 0; i < words_of(text.size()); i++)
        if (stored.words.at(i).load(std::memory_order_relaxed) != word_at(text, i)) return false;
    return true;
}

}  // namespace

// Linear: nothing is ever taken out.
std::optional<std::size_t> Names::search(std::string_view text, bool may_take) const noexcept {
    const std::uint64_t hash = hash_of(text);
    std::size_t number = hash % hashes_.size();
    for (std::size_t seen = 0; seen < hashes_.size(); seen++, number = number + 1 == hashes_.size() ? 0 : number + 1) {
        std::uint64_t found = hashes_[number].load(std::memory_order_relaxed);
        if (found == 0) {
            if (!may_take) return std::nullopt;
            if (hashes_[number].compare_exchange_strong(found, hash, std::memory_order_relaxed)) found = hash;
        }
        if (found == hash) return holds(texts_[number], text) ? std::optional(number) : std::nullopt;
    }
    return std::nullopt;
}

std::optional<std::size_t> Names::find(std::string_view text) const noexcept {
    return text.size() <= longest_label ? search(text, false) : std::nullopt;
}

std::optional<std::size_t> Names::take(std::string_view text) noexcept {
    const auto number = text.size() <= longest_label ? search(text, true) : std::nullopt;
    if (!number) folded_.fetch_add(1, std::memory_order_relaxed);
    return number;
}

std::string Names::text(std::size_t number) const {
    const StoredName& stored = texts_[number];
    const auto size_and_1 = stored.size_and_1.load(std::memory_order_acquire);
    if (size_and_1 == 0) return {};
    std::string text(std::min<std::size_t>(size_and_1 - 1, longest_label), '\0');
    for (std::size_t i = 0; i < words_of(text.size()); i++) {
        const std::uint64_t word = stored.words.at(i).load(std::memory_order_relaxed);
        std::memcpy(&text[i * word_bytes], &word, std::min(word_bytes, text.size() - i * word_bytes));
    }
    return text;
}

}  // namespace report
