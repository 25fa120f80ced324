#include "report/shared_text.h"

#include <cstring>

#include "report/checksum.h"

namespace report {

std::uint64_t checksum_of(std::span<const std::uint64_t> words, std::uint64_t number) noexcept {
    Checksum checksum(number);
    for (const std::uint64_t word : words)
        checksum.add(word);
    return checksum.sum();
}

std::string_view beginning_of(std::string_view text, std::size_t room) noexcept {
    if (text.size() <= room) return text;
    const auto continues = [](char byte) { return (static_cast<unsigned char>(byte) & 0xC0U) == 0x80; };
    while (room > 0 && continues(text[room]))
        --room;
    return text.substr(0, room);
}

void SharedText::set(std::string_view text) noexcept {
    std::array<std::uint64_t, words> content{};
    text = beginning_of(text, longest);
    std::memcpy(content.data(), text.data(), text.size());
    for (std::size_t i = 0; i < words; i++)
        content_[i].store(content[i], std::memory_order_relaxed);
    checksum_.store(checksum_of(content, 0), std::memory_order_relaxed);
}

std::string SharedText::text() const {
    std::array<std::uint64_t, words> content{};
    for (std::size_t i = 0; i < words; i++)
        content[i] = content_[i].load(std::memory_order_relaxed);
    if (checksum_.load(std::memory_order_relaxed) != checksum_of(content, 0)) return {};
    std::array<char, sizeof(content)> bytes{};
    std::memcpy(bytes.data(), content.data(), sizeof(content));
    bytes.back() = '\0';
    return bytes.data();
}

}  // namespace report
