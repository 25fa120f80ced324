#include "oauth/jwt/cached_verifier.h"

#include <array>
#include <cstring>
#include <new>
#include <optional>
#include <utility>

namespace oauth::jwt {
namespace {

constexpr std::size_t most_key_sets = 8;

// What verification depends on besides the token and the clock, as bytes. nullopt: more key sets than a worker should
// hash for every request.
class Circumstances {
public:
    static std::optional<Circumstances> of(std::span<const JwkSet* const> keys,
                                           const VerificationRules& rules) noexcept {
        if (keys.size() > most_key_sets) return std::nullopt;
        Circumstances result;
        const std::uint32_t algorithms = rules.allowed_algorithms.bits();
        result.append(&algorithms, sizeof algorithms);
        const std::array<std::uint8_t, 4> switches = {
            static_cast<std::uint8_t>(rules.type), static_cast<std::uint8_t>(rules.require_matching_kid),
            static_cast<std::uint8_t>(rules.allow_symmetric_beside_public_keys),
            static_cast<std::uint8_t>(rules.accept_any_signature)};
        result.append(switches.data(), switches.size());
        for (const JwkSet* set : keys)
            result.append(set->identity().data(), set->identity().size());
        return result;
    }

    std::string_view view() const noexcept { return {bytes_.data(), size_}; }

private:
    void append(const void* bytes, std::size_t size) noexcept {
        std::memcpy(bytes_.data() + size_, bytes, size);
        size_ += size;
    }

    std::array<char, 8 + most_key_sets * sizeof(base::Sha256)> bytes_{};
    std::size_t size_ = 0;
};

// Where a token is kept. nullopt: nowhere.
struct Place {
    base::Sha256 key;
    std::string_view signing_input;
};
std::optional<Place> place_of(std::string_view token, std::span<const JwkSet* const> keys,
                              const VerificationRules& rules) noexcept {
    const auto circumstances = Circumstances::of(keys, rules);
    const std::size_t dot = token.rfind('.');
    if (!circumstances || dot == std::string_view::npos) return std::nullopt;
    const auto key = base::sha256_of({token.substr(dot + 1), circumstances->view()});
    if (!key) return std::nullopt;
    return Place{.key = *key, .signing_input = token.substr(0, dot)};
}

std::expected<std::shared_ptr<const VerifiedToken>, Error> verify_anew(std::string_view token,
                                                                       std::span<const JwkSet* const> keys,
                                                                       const VerificationRules& rules,
                                                                       NumericDate now) {
    auto verified = Verifier::verify(token, keys, rules, now);
    if (!verified) return std::unexpected(verified.error());
    return std::make_shared<const VerifiedToken>(std::move(*verified));
}

}  // namespace

std::expected<std::shared_ptr<const VerifiedToken>, Error> verify_cached(TokenCache& cache, std::string_view token,
                                                                         std::span<const JwkSet* const> keys,
                                                                         const VerificationRules& rules,
                                                                         NumericDate now) noexcept try {
    if (token.size() > rules.max_token_bytes) return std::unexpected(Error::token_too_large);
    const auto place = place_of(token, keys, rules);
    if (!place) return verify_anew(token, keys, rules, now);
    if (auto known = cache.find(place->key, place->signing_input)) {
        const auto claims = check_claims(known->claims(), rules.claims, now);
        if (!claims) return std::unexpected(claims.error());
        return known;
    }
    auto verified = verify_anew(token, keys, rules, now);
    if (verified) cache.insert(place->key, place->signing_input, *verified);
    return verified;
} catch (const std::bad_alloc&) {
    return std::unexpected(Error::out_of_memory);
}

std::shared_ptr<const VerifiedToken> find_verified(TokenCache& cache, std::string_view token,
                                                   std::span<const JwkSet* const> keys, const VerificationRules& rules,
                                                   NumericDate now) noexcept {
    if (token.size() > rules.max_token_bytes) return nullptr;
    const auto place = place_of(token, keys, rules);
    auto known = place ? cache.find(place->key, place->signing_input) : nullptr;
    return known && check_claims(known->claims(), rules.claims, now) ? known : nullptr;
}

}  // namespace oauth::jwt
