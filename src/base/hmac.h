// HMAC-SHA-256 (RFC 2104, FIPS 180-4): names that nobody can read back, or guess, without the key.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/sha256.h"

namespace base {

// Both throw std::bad_alloc: OpenSSL fails when there is no memory.
Sha256 must_hmac_sha256_of(std::string_view key, std::string_view text);
// Of the text and nothing else, as sha256sum has it; sha256_of() is for keys of caches.
Sha256 must_plain_sha256_of(std::string_view text);

// The first `digits` hexadecimal digits, at most 64.
std::string hex_beginning(const Sha256& digest, std::size_t digits);

}  // namespace base
