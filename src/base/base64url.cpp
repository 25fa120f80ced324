#include "base/base64url.h"

#include <algorithm>
#include <array>
#include <cstdint>

namespace base::base64url {
namespace {

constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::uint8_t not_in_alphabet = 0xFF;  // a value has six bits, so its top bits tell it from this

constexpr std::array<std::uint8_t, 256> sextets = [] {
    std::array<std::uint8_t, 256> table{};
    table.fill(not_in_alphabet);
    for (std::size_t i = 0; i < alphabet.size(); ++i)
        table[static_cast<unsigned char>(alphabet[i])] = static_cast<std::uint8_t>(i);
    return table;
}();

std::uint32_t sextet(char c) noexcept {
    return sextets[static_cast<unsigned char>(c)];
}

char letter(std::uint32_t bits) noexcept {
    return alphabet[bits & 0x3FU];
}

unsigned char low_byte(std::uint32_t bits) noexcept {
    return static_cast<unsigned char>(bits & 0xFFU);
}

// The last two or three characters: 12 or 18 bits, of which the lowest 4 or 2 belong to no byte and must be zero
// (RFC 4648 section 3.5).
bool decode_tail(std::string_view tail, unsigned char* out) noexcept {
    const std::uint32_t a = sextet(tail[0]);
    const std::uint32_t b = sextet(tail[1]);
    const std::uint32_t c = tail.size() == 3 ? sextet(tail[2]) : 0;
    const std::uint32_t unused = tail.size() == 3 ? c & 0x03U : b & 0x0FU;
    if (((a | b | c) & 0xC0U) != 0 || unused != 0) return false;
    out[0] = low_byte(a << 2U | b >> 4U);
    if (tail.size() == 3) out[1] = low_byte(b << 4U | c >> 2U);
    return true;
}

}  // namespace

std::optional<std::size_t> decode(std::string_view encoded, std::span<unsigned char> out) noexcept {
    const auto size = decoded_size(encoded.size());
    if (!size || out.size() < *size) return std::nullopt;

    const std::size_t tail = encoded.size() % 4;
    const char* in = encoded.data();
    unsigned char* to = out.data();
    std::uint32_t seen = 0;  // all sextets or-ed together: one test at the end instead of one per character
    for (const char* end = in + (encoded.size() - tail); in != end; in += 4, to += 3) {
        const std::uint32_t a = sextet(in[0]);
        const std::uint32_t b = sextet(in[1]);
        const std::uint32_t c = sextet(in[2]);
        const std::uint32_t d = sextet(in[3]);
        seen |= a | b | c | d;
        to[0] = low_byte(a << 2U | b >> 4U);
        to[1] = low_byte(b << 4U | c >> 2U);
        to[2] = low_byte(c << 6U | d);
    }
    if ((seen & 0xC0U) != 0) return std::nullopt;
    if (tail != 0 && !decode_tail({in, tail}, to)) return std::nullopt;
    return size;
}

std::optional<std::string> decode(std::string_view encoded) {
    const auto size = decoded_size(encoded.size());
    if (!size) return std::nullopt;
    std::string bytes(*size, '\0');
    if (!decode(encoded, {reinterpret_cast<unsigned char*>(bytes.data()), bytes.size()})) return std::nullopt;
    return bytes;
}

std::string encode(std::string_view bytes) {
    std::string encoded;
    encoded.reserve((bytes.size() * 4 + 2) / 3);
    for (; !bytes.empty(); bytes.remove_prefix(std::min<std::size_t>(bytes.size(), 3))) {
        const auto byte = [&](std::size_t i) -> std::uint32_t {
            return i < bytes.size() ? static_cast<unsigned char>(bytes[i]) : 0;
        };
        const std::uint32_t group = byte(0) << 16U | byte(1) << 8U | byte(2);
        encoded += letter(group >> 18U);
        encoded += letter(group >> 12U);
        if (bytes.size() > 1) encoded += letter(group >> 6U);
        if (bytes.size() > 2) encoded += letter(group);
    }
    return encoded;
}

}  // namespace base::base64url
