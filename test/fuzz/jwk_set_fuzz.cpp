// Any bytes as a key set, in both formats. A key that was taken must not verify signatures that nobody made.
#include <openssl/err.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "oauth/jwt/jwk_set.h"

namespace {

using namespace oauth;

void require(bool condition) {
    if (!condition) std::abort();
}

// Lengths of all signatures there are: HMAC, RSA 2048 and 4096, ECDSA, EdDSA.
constexpr std::array<std::size_t, 9> signature_sizes{32, 48, 64, 96, 114, 132, 256, 384, 512};

constexpr std::array<unsigned char, 3> fillers{0x00, 0x01, 0xFF};

void check_key(const jwt::Jwk& key) {
    std::size_t algorithms = 0;
    for (unsigned i = 0; i <= static_cast<unsigned>(jwt::Algorithm::Ed448); ++i) {
        const auto algorithm = static_cast<jwt::Algorithm>(i);
        if (!key.fits(algorithm)) continue;
        ++algorithms;
        require((jwt::family(algorithm) == jwt::Family::hmac) == key.is_symmetric());
        for (const unsigned char filler : fillers) {
            std::array<unsigned char, 512> signature;
            signature.fill(filler);
            for (std::size_t size : signature_sizes)
                require(!key.verify(algorithm, "input", std::span(signature).first(size)));
        }
    }
    require(algorithms > 0);
}

void check_set(const std::expected<jwt::JwkSet, jwt::KeySetError>& set) {
    require(ERR_peek_error() == 0);
    if (!set) require(!text(set.error()).empty());
    if (!set) return;
    require(set->remarks().size() <= jwt::JwkSet::max_remarks + 1);
    require(!set->keys().empty() && set->keys().size() + set->skipped().size() <= jwt::JwkSet::max_keys);
    const bool has_usable_ones = !std::ranges::all_of(set->keys(), &oauth::jwt::Jwk::is_symmetric);
    require(set->lists_public_keys() || !has_usable_ones);
    // A few keys show it; signatures are slow.
    for (const jwt::Jwk& key : set->keys().first(std::min<std::size_t>(2, set->keys().size())))
        check_key(key);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view document(reinterpret_cast<const char*>(data), size);
    check_set(jwt::JwkSet::parse_jwks(document));
    check_set(jwt::JwkSet::parse_keyval(document));
    return 0;
}
