// JWS signature algorithms (RFC 7518 section 3, RFC 8037, RFC 9864). There is no "none".
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string_view>

namespace oauth::jwt {

enum class Algorithm : std::uint8_t {
    HS256,
    HS384,
    HS512,
    RS256,
    RS384,
    RS512,
    PS256,
    PS384,
    PS512,
    ES256,
    ES384,
    ES512,
    EdDSA,    // either curve (RFC 8037)
    Ed25519,  // one curve each (RFC 9864 section 2.2)
    Ed448,
};

enum class Family : std::uint8_t {
    hmac,
    rsa_pkcs1,
    rsa_pss,
    ecdsa,
    eddsa
};

std::optional<Algorithm> parse_algorithm(std::string_view name) noexcept;  // exact, case-sensitive
std::string_view name(Algorithm algorithm) noexcept;
Family family(Algorithm algorithm) noexcept;
std::size_t hash_size(Algorithm algorithm) noexcept;  // bytes of the digest; 0 for EdDSA, which hashes by itself

// A small set, for allow lists.
class AlgorithmSet {
public:
    constexpr AlgorithmSet() noexcept = default;
    constexpr AlgorithmSet(std::initializer_list<Algorithm> algorithms) noexcept {
        for (Algorithm a : algorithms)
            insert(a);
    }
    static constexpr AlgorithmSet all() noexcept {
        AlgorithmSet set;
        set.bits_ = (1U << (static_cast<unsigned>(Algorithm::Ed448) + 1)) - 1;
        return set;
    }
    constexpr void insert(Algorithm a) noexcept { bits_ |= 1U << static_cast<unsigned>(a); }
    constexpr bool contains(Algorithm a) const noexcept { return (bits_ >> static_cast<unsigned>(a) & 1U) != 0; }
    constexpr std::uint32_t bits() const noexcept { return bits_; }  // one per Algorithm, for cache keys
    constexpr bool empty() const noexcept { return bits_ == 0; }
    friend constexpr bool operator==(AlgorithmSet, AlgorithmSet) noexcept = default;

private:
    std::uint32_t bits_ = 0;
};

}  // namespace oauth::jwt
