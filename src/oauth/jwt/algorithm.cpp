#include "oauth/jwt/algorithm.h"

#include <array>

namespace oauth::jwt {
namespace {

struct Row {
    std::string_view name;
    Family family;
    std::size_t hash_size;
};

// In the order of the enum.
constexpr std::array<Row, 15> rows{{
    {"HS256", Family::hmac, 32},
    {"HS384", Family::hmac, 48},
    {"HS512", Family::hmac, 64},
    {"RS256", Family::rsa_pkcs1, 32},
    {"RS384", Family::rsa_pkcs1, 48},
    {"RS512", Family::rsa_pkcs1, 64},
    {"PS256", Family::rsa_pss, 32},
    {"PS384", Family::rsa_pss, 48},
    {"PS512", Family::rsa_pss, 64},
    {"ES256", Family::ecdsa, 32},
    {"ES384", Family::ecdsa, 48},
    {"ES512", Family::ecdsa, 64},
    {"EdDSA", Family::eddsa, 0},
    {"Ed25519", Family::eddsa, 0},
    {"Ed448", Family::eddsa, 0},
}};
static_assert(rows.size() == static_cast<std::size_t>(Algorithm::Ed448) + 1);

constexpr const Row& row(Algorithm algorithm) noexcept {
    return rows[static_cast<std::size_t>(algorithm)];
}

}  // namespace

std::optional<Algorithm> parse_algorithm(std::string_view name) noexcept {
    for (std::size_t i = 0; i < rows.size(); ++i)
        if (rows[i].name == name) return static_cast<Algorithm>(i);
    return std::nullopt;
}

std::string_view name(Algorithm algorithm) noexcept {
    return row(algorithm).name;
}

Family family(Algorithm algorithm) noexcept {
    return row(algorithm).family;
}

std::size_t hash_size(Algorithm algorithm) noexcept {
    return row(algorithm).hash_size;
}

}  // namespace oauth::jwt
