#include "oauth/jwt/verifier.h"

#include <array>
#include <utility>

#include "base/base64url.h"
#include "oauth/jwt/compact_jws.h"
#include "oauth/jwt/token_type.h"

namespace oauth::jwt {
namespace {

// An RSA signature of 16384 bits is the longest that any key can verify.
constexpr std::size_t max_signature_bytes = 2048;
constexpr std::size_t max_encoded_signature = (max_signature_bytes * 8 + 5) / 6;

class Signature {
public:
    static std::expected<Signature, Error> decode(std::string_view encoded) noexcept {
        if (encoded.size() > max_encoded_signature) return std::unexpected(Error::signature_malformed);
        Signature signature;
        const auto size = base::base64url::decode(encoded, signature.bytes_);
        if (!size) return std::unexpected(Error::token_not_base64url);
        signature.size_ = *size;
        return signature;
    }
    std::span<const unsigned char> bytes() const noexcept { return std::span(bytes_).first(size_); }

private:
    std::array<unsigned char, base::base64url::decoded_bound(max_encoded_signature)> bytes_;
    std::size_t size_ = 0;
};

std::expected<void, Error> check_header(const JoseHeader& header, const VerificationRules& rules) noexcept {
    if (!rules.allowed_algorithms.contains(header.algorithm)) return std::unexpected(Error::algorithm_not_allowed);
    if (!accepts_type(rules.type, header.type)) return std::unexpected(Error::type_not_accepted);
    if (rules.require_matching_kid && header.kid.value_or("").empty()) return std::unexpected(Error::kid_missing);
    return {};
}

// The keys to try, best first.
class Candidates {
public:
    Candidates(std::span<const JwkSet* const> sets, const JoseHeader& header, const VerificationRules& rules) noexcept {
        // A key without kid may serve any token, and a token without kid may be of any key; equal kids come first.
        add_where(sets, header, rules, [&](const Jwk& key) { return key.kid() == header.kid; });
        if (rules.require_matching_kid) return;
        add_where(sets, header, rules, [&](const Jwk& key) { return key.kid().has_value() != header.kid.has_value(); });
    }
    std::span<const Jwk* const> keys() const noexcept { return std::span(keys_).first(size_); }
    bool has_more() const noexcept { return has_more_; }  // than are tried

private:
    template <class Predicate>
    void add_where(std::span<const JwkSet* const> sets, const JoseHeader& header, const VerificationRules& rules,
                   Predicate wanted) noexcept {
        for (const JwkSet* set : sets)
            for (const Jwk& key : set->keys())
                if (key.fits(header.algorithm) && may_verify(key, *set, rules) && wanted(key)) add(key);
    }

    void add(const Jwk& key) noexcept {
        has_more_ = size_ == keys_.size();
        if (!has_more_) keys_[size_++] = &key;
    }

    static bool may_verify(const Jwk& key, const JwkSet& set, const VerificationRules& rules) noexcept {
        return !key.is_symmetric() || !set.lists_public_keys() || rules.allow_symmetric_beside_public_keys;
    }

    std::array<const Jwk*, Verifier::max_candidates> keys_{};
    std::size_t size_ = 0;
    bool has_more_ = false;
};

std::expected<void, Error> verify_signature(const Candidates& candidates, Algorithm algorithm,
                                            std::string_view signing_input, const Signature& signature) noexcept {
    std::expected<void, Error> result = std::unexpected(Error::key_not_found);
    for (const Jwk* key : candidates.keys()) {
        const auto verified = key->verify(algorithm, signing_input, signature.bytes());
        if (verified || verified.error() == Error::internal) return verified;
        // What one key could not even read may be readable, and wrong, for another.
        if (result.error() != Error::signature_invalid) result = verified;
    }
    if (candidates.has_more()) return std::unexpected(Error::too_many_candidate_keys);
    return result;
}

std::expected<json::Document, Error> parse_claims(std::string_view encoded) noexcept {
    auto claims = parse_part(encoded, Error::payload_not_json_object);
    if (claims && claims->root().kind() != json::Kind::object) return std::unexpected(Error::payload_not_json_object);
    return claims;
}

}  // namespace

std::expected<VerifiedToken, Error> Verifier::verify(std::string_view token, std::span<const JwkSet* const> keys,
                                                     const VerificationRules& rules, NumericDate now) noexcept {
    if (token.size() > rules.max_token_bytes) return std::unexpected(Error::token_too_large);
    const auto jws = split_compact_jws(token);
    if (!jws) return std::unexpected(jws.error());
    auto header_document = parse_part(jws->header, Error::header_not_json_object);
    if (!header_document) return std::unexpected(header_document.error());
    const auto header = read_jose_header(header_document->root());
    if (!header) return std::unexpected(header.error());
    if (const auto checked = check_header(*header, rules); !checked) return std::unexpected(checked.error());

    const auto signature = Signature::decode(jws->signature);
    if (!signature) return std::unexpected(signature.error());
    if (!rules.accept_any_signature) {
        const Candidates candidates(keys, *header, rules);
        const auto verified = verify_signature(candidates, header->algorithm, jws->signing_input, *signature);
        if (!verified) return std::unexpected(verified.error());
    }

    auto claims = parse_claims(jws->payload);
    if (!claims) return std::unexpected(claims.error());
    const auto expiration = check_claims(claims->root(), rules.claims, now);
    if (!expiration) return std::unexpected(expiration.error());
    return VerifiedToken(*std::move(header_document), *std::move(claims), *expiration);
}

std::optional<Error> Verifier::hopeless(std::string_view token, const VerificationRules& rules,
                                        NumericDate now) noexcept {
    const auto verified = verify(token, {}, rules, now);
    if (verified || verified.error() != Error::key_not_found)
        return verified ? std::nullopt : std::optional(verified.error());
    const auto claims = parse_claims(split_compact_jws(token)->payload);
    if (!claims) return claims.error();
    const auto checked = check_claims(claims->root(), rules.claims, now);
    return checked ? std::nullopt : std::optional(checked.error());
}

bool Verifier::depends_on_keys(Error error) noexcept {
    return error == Error::key_not_found || error == Error::signature_invalid || error == Error::signature_malformed ||
           error == Error::too_many_candidate_keys;
}

bool Verifier::has_verified(Error error) noexcept {
    return error == Error::signature_invalid || error == Error::too_many_candidate_keys;
}

}  // namespace oauth::jwt
