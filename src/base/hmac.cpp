#include "base/hmac.h"

#include <openssl/hmac.h>

#include <algorithm>
#include <new>

#include "base/openssl.h"

namespace base {

Sha256 must_hmac_sha256_of(std::string_view key, std::string_view text) {
    const openssl::ErrorQueueGuard guard;
    Sha256 digest;
    if (HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
             reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data(), nullptr) == nullptr)
        throw std::bad_alloc();
    return digest;
}

Sha256 must_plain_sha256_of(std::string_view text) {
    const openssl::ErrorQueueGuard guard;
    Sha256 digest;
    if (EVP_Digest(text.data(), text.size(), digest.data(), nullptr, EVP_sha256(), nullptr) != 1)
        throw std::bad_alloc();
    return digest;
}

std::string hex_beginning(const Sha256& digest, std::size_t digits) {
    static constexpr std::string_view hex = "0123456789abcdef";
    std::string text;
    for (std::size_t i = 0; i < std::min(digits, 2 * digest.size()); i++)
        text += hex[(i % 2 == 0 ? digest[i / 2] >> 4U : digest[i / 2]) & 0x0FU];
    return text;
}

}  // namespace base
