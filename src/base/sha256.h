// SHA-256 (FIPS 180-4): what caches are keyed by, so that no cache holds a token.
#pragma once

#include <array>
#include <cstddef>
#include <cstring>
#include <initializer_list>
#include <optional>
#include <string_view>

namespace base {

using Sha256 = std::array<unsigned char, 32>;

// For containers: a digest is as good a hash as any.
struct Sha256Hash {
    std::size_t operator()(const Sha256& digest) const noexcept {
        std::size_t word = 0;
        std::memcpy(&word, digest.data(), sizeof(word));
        return word;
    }
};

// As a part of what a digest is made of.
template <std::size_t size>
std::string_view bytes(const std::array<unsigned char, size>& array) noexcept {
    return {reinterpret_cast<const char*>(array.data()), size};
}

// Digest of the parts, each preceded by its length (8 bytes, big endian), so that no two lists of parts give one input.
// nullopt when OpenSSL fails (no memory).
std::optional<Sha256> sha256_of(std::initializer_list<std::string_view> parts) noexcept;

// The same for those who cannot go on without. Throws std::bad_alloc.
Sha256 must_sha256_of(std::initializer_list<std::string_view> parts);

}  // namespace base
