// Strict base64url without padding (RFC 7515 appendix C, RFC 4648 section 5 and 3.5).
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace base::base64url {

// Upper bound of the decoded size of `encoded_size` characters.
constexpr std::size_t decoded_bound(std::size_t encoded_size) noexcept {
    return encoded_size / 4 * 3 + 3;
}

// The exact decoded size; nullopt when no text of that length is base64url (1 mod 4).
constexpr std::optional<std::size_t> decoded_size(std::size_t encoded_size) noexcept {
    const std::size_t tail = encoded_size % 4;
    if (tail == 1) return std::nullopt;
    return encoded_size / 4 * 3 + (tail == 0 ? 0 : tail - 1);
}

// Decodes into `out` (decoded_size() bytes are written, never more). Returns the number of bytes written. Refuses
// padding, white space, the "+/" alphabet, a length of 1 mod 4 and trailing bits that are not zero, so that one value
// has one spelling. After a refusal the content of `out` is unspecified.
std::optional<std::size_t> decode(std::string_view encoded, std::span<unsigned char> out) noexcept;

// The same into a string of its own. Allocates.
std::optional<std::string> decode(std::string_view encoded);

std::string encode(std::string_view bytes);

}  // namespace base::base64url
