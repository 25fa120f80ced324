#include "oauth/explanation.h"

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include "oauth/json/json_text.h"
#include "oauth/jwt/compact_jws.h"
#include "oauth/scope.h"

namespace oauth {
namespace {

using json::Kind;
using json::Value;
using jwt::Algorithm;
using jwt::Jwk;
using jwt::JwkSet;

constexpr std::size_t most_shown = 3;  // of a list

// It is ASCII alone.
std::string bounded(std::string text, std::size_t longest = longest_explanation) {
    constexpr std::string_view dots = "...";
    if (text.size() > longest) text.replace(longest - dots.size(), std::string::npos, dots);
    return text;
}

// Joined like: a, b, c and 4 more. Only the text of those that are shown is made: strangers choose how many there are.
class List {
public:
    explicit List(std::string_view separator = ", ") noexcept : separator_(separator) {}
    template <class MakeText>  // a text()
    void add(MakeText make_text) {
        if (count_++ >= most_shown) return;
        if (count_ > 1) text_ += separator_;
        text_ += make_text();
    }
    bool empty() const noexcept { return count_ == 0; }
    std::string text() const {
        return count_ > most_shown ? text_ + " and " + std::to_string(count_ - most_shown) + " more" : text_;
    }

private:
    std::string_view separator_;
    std::string text_;
    std::size_t count_ = 0;
};

std::string list_of(const std::vector<std::string>& texts) {
    List list(" or ");
    for (const std::string& text : texts)
        list.add([&] { return json::excerpt(text); });
    return list.text();
}

std::string text_or_kind(const Value& value) {
    const auto text = value.string();
    return text ? json::excerpt(*text) : std::string(kind_name(value.kind()));
}

std::string shown(const Value& value) {
    if (value.string() || value.kind() == Kind::object) return text_or_kind(value);
    if (value.kind() == Kind::array) {
        List elements;
        for (std::size_t i = 0, size = value.size(); i < size; ++i)
            elements.add([&] { return text_or_kind(*value.element(i)); });
        return '[' + elements.text() + ']';
    }
    return bounded(value.to_json(), json::longest_excerpt);
}

// name is value
std::string said(const Value& object, std::string_view name) {
    const auto value = object.present(name);
    return std::string(name) + (value ? " is " + shown(*value) : " is missing");
}

// --- Claims

std::string wrong_date(const Value& claims) {
    for (const std::string_view name : {"exp", "nbf", "iat"}) {
        const auto value = claims.present(name);
        if (value && !numeric_date(*value, Rounding::down))
            return said(claims, name) + ", and must be a number of seconds up to the year 9999";
    }
    return {};
}

std::string distance(const Value& claims, std::string_view name, const ClaimsRules& rules, NumericDate now) {
    const auto value = claims.present(name);
    const auto date = value ? numeric_date(*value, Rounding::down) : std::nullopt;
    if (!date) return {};
    const NumericDate seconds = *date - now;
    return std::string(name) + " is " + std::to_string(*date) + ", " +
           std::to_string(seconds < 0 ? -seconds : seconds) + (seconds < 0 ? " s ago" : " s from now") +
           "; the leeway is " + std::to_string(rules.leeway.count()) + " s";
}

bool differ_by_slash(std::string_view a, std::string_view b) noexcept {
    if (a.size() < b.size()) std::swap(a, b);
    return a.size() == b.size() + 1 && a.ends_with('/') && a.starts_with(b);
}

std::string issuers(const Value& claims, const ClaimsRules& rules) {
    std::string text = said(claims, "iss") + ", accepted is " + list_of(rules.accepted_issuers);
    const auto iss = claims.present("iss");
    const auto came = iss ? iss->string() : std::nullopt;
    if (came &&
        std::ranges::any_of(rules.accepted_issuers, [&](const auto& each) { return differ_by_slash(each, *came); }))
        text += ": the slash at the end makes the difference";
    return text;
}

std::string audiences(const Value& claims, const ClaimsRules& rules) {
    std::string text = said(claims, "aud") + ", accepted is " + list_of(rules.accepted_audiences);
    if (std::ranges::any_of(rules.accepted_audiences,
                            [&](const auto& each) { return audience_differs_by_case(claims, each); }))
        text += ": upper and lower case make the difference";
    if (std::ranges::any_of(rules.accepted_audiences, [&](const auto& each) {
            return audience_contains(claims, each.ends_with('/') ? each.substr(0, each.size() - 1) : each + '/');
        }))
        text += ": the slash at the end makes the difference";
    return text;
}

// The confirmation methods (RFC 7800, RFC 8705, RFC 9449), and never their values.
std::string confirmation(const Value& claims) {
    const auto cnf = claims.present("cnf");
    if (!cnf) return said(claims, "token_type");
    if (cnf->kind() != Kind::object) return said(claims, "cnf");
    List names;
    cnf->each_member([&](std::string_view name, const Value&) {
        names.add([&] { return json::excerpt(name); });
        return true;
    });
    return "cnf names " + (names.empty() ? std::string("nothing") : names.text()) +
           "; let the authorization server issue bearer tokens to this client";
}

std::string explain_claims(Error error, const Value& claims, const ClaimsRules& rules, NumericDate now) {
    switch (error) {
        case Error::time_claim_invalid:
        case Error::answer_claim_invalid:
            return wrong_date(claims);
        case Error::expired:
            return distance(claims, "exp", rules, now);
        case Error::not_yet_valid:
            return distance(claims, "nbf", rules, now);
        case Error::issuer_missing:
        case Error::issuer_not_accepted:
            return issuers(claims, rules);
        case Error::audience_missing:
        case Error::audience_not_accepted:
            return audiences(claims, rules);
        case Error::token_sender_constrained:
            return confirmation(claims);
        default:
            return {};
    }
}

// --- Header and keys

std::string wrong_header(const Value& header) {
    const auto alg = header.present("alg");
    if (!alg || !alg->string()) return said(header, "alg") + (alg ? ", and must be a string" : "");
    for (const std::string_view name : {"kid", "typ"}) {
        const auto value = header.present(name);
        if (value && !value->string()) return said(header, name) + ", and must be a string";
    }
    return {};
}

std::string algorithms(const auto& is_one) {
    std::string text;
    for (std::size_t i = 0; i <= static_cast<std::size_t>(Algorithm::Ed448); ++i)
        if (const auto algorithm = static_cast<Algorithm>(i); is_one(algorithm))
            text.append(text.empty() ? "" : ", ").append(jwt::name(algorithm));
    return text;
}

// Keycloak for one signs with a secret that it shares with nobody when a client's settings say so.
std::string symmetric_hint(const Value& header, std::span<const JwkSet* const> sets,
                           const jwt::VerificationRules& rules) {
    if (rules.allow_symmetric_beside_public_keys) return {};
    const auto alg = header.present("alg");
    const auto algorithm = alg && alg->string() ? jwt::parse_algorithm(*alg->string()) : std::nullopt;
    if (!algorithm || jwt::family(*algorithm) != jwt::Family::hmac) return {};
    if (std::ranges::any_of(sets, [](const JwkSet* set) { return !set->lists_public_keys(); })) return {};
    return "; this algorithm is symmetric, so that no published key can verify it: let the authorization server sign "
           "access tokens with RS256 or ES256 (Keycloak: the client's setting \"Access token signature algorithm\")";
}

std::string kid_and_algorithm(const Value& header) {
    return (header.present("kid") ? said(header, "kid") : "there is no kid") + ", " + said(header, "alg");
}

// Keys of the token's kid that cannot verify it.
std::string keys_of_that_name(const Value& header, std::span<const JwkSet* const> sets) {
    const auto value = header.present("kid");
    const auto kid = value ? value->string() : std::nullopt;
    if (!kid) return {};
    List keys("; ");
    for (const JwkSet* set : sets) {
        for (const auto& skipped : set->skipped())
            if (!skipped.kid.empty() && skipped.kid == *kid) keys.add([&] { return jwt::text(skipped); });
        for (const Jwk& key : set->keys())
            if (key.kid() == kid)
                keys.add([&] {
                    return "the key of this kid is for " + algorithms([&](Algorithm each) { return key.fits(each); });
                });
    }
    return keys.empty() ? std::string() : "; " + keys.text();
}

std::string keys_there(std::span<const JwkSet* const> sets) {
    List names;
    std::size_t without_kid = 0;
    std::size_t skipped = 0;
    for (const JwkSet* set : sets) {
        skipped += set->skipped().size();
        for (const Jwk& key : set->keys()) {
            if (!key.kid()) without_kid++;
            if (key.kid()) names.add([&] { return json::excerpt(*key.kid()); });
        }
    }
    std::string text = names.empty() ? "" : "; there are keys with kid " + names.text();
    if (without_kid > 0) text += "; without kid, and not fitting: " + std::to_string(without_kid);
    if (skipped > 0) text += "; left out: " + std::to_string(skipped);
    return text;
}

std::string missing_key(const Value& header, std::span<const JwkSet* const> sets, const jwt::VerificationRules& rules) {
    const std::string same_name = keys_of_that_name(header, sets);
    return kid_and_algorithm(header) + symmetric_hint(header, sets, rules) +
           (same_name.empty() ? keys_there(sets) : same_name);
}

std::string explain_header(Error error, const Value& header, std::span<const JwkSet* const> sets,
                           const jwt::VerificationRules& rules) {
    switch (error) {
        case Error::header_invalid:
            return wrong_header(header);
        case Error::algorithm_unsupported:
            return said(header, "alg");
        case Error::algorithm_not_allowed:
            return said(header, "alg") + ", allowed is " +
                   algorithms([&](Algorithm each) { return rules.allowed_algorithms.contains(each); }) +
                   symmetric_hint(header, sets, rules);
        case Error::critical_header_unsupported:
            return said(header, header.member("crit") ? "crit" : "b64");
        case Error::type_not_accepted:
            return said(header, "typ") + (rules.type == jwt::TypeRule::access_token_only
                                              ? ", accepted is \"at+jwt\""
                                              : ", which is no access token");
        case Error::key_not_found:
            return missing_key(header, sets, rules);
        case Error::signature_invalid:
        case Error::signature_malformed:
            return kid_and_algorithm(header);
        case Error::too_many_candidate_keys:
            return kid_and_algorithm(header) + "; " + std::to_string(jwt::Verifier::max_candidates) +
                   " were tried, and no more are: let each key have a kid of its own, and each token name it";
        default:
            return {};
    }
}

// --- The token's form

std::string form_of_parts(std::string_view token) {
    const auto dots = std::ranges::count(token, '.');
    if (dots == 0) return "it has no dot: probably an opaque token, which needs introspection";
    return dots == 2 ? std::string("one of them is empty") : "it has " + std::to_string(dots + 1);
}

std::string explain_part(std::string_view encoded, std::string_view name) {
    const auto part = jwt::parse_part(encoded, Error::document_not_json);
    if (!part && part.error() == Error::document_not_json) return "its " + std::string(name) + " is not JSON";
    if (!part) return "in its " + std::string(name);
    if (part->root().kind() == Kind::object) return {};
    return "its " + std::string(name) + " is " + std::string(kind_name(part->root().kind()));
}

std::string explain_form(Error error, const jwt::CompactJws& jws) {
    switch (error) {
        case Error::token_not_base64url:
        case Error::header_not_json_object:
        case Error::payload_not_json_object:
        case Error::token_not_utf8:
        case Error::token_too_deep:
        case Error::token_number_too_large:
        case Error::token_half_surrogate:
        case Error::token_duplicate_member:
            break;
        default:
            return {};
    }
    for (const auto& [part, name] : {std::pair(jws.header, "header"), std::pair(jws.payload, "payload")})
        if (auto text = explain_part(part, name); !text.empty()) return text;
    return "in its signature";
}

std::string explain_token(Error error, std::string_view token, std::span<const JwkSet* const> keys,
                          const jwt::VerificationRules& rules, NumericDate now) {
    if (error == Error::token_too_large)
        return "it has " + std::to_string(token.size()) + " bytes, and at most " +
               std::to_string(rules.max_token_bytes) + " are read";
    const auto jws = jwt::split_compact_jws(token);
    if (!jws) return error == Error::token_not_compact_jws ? form_of_parts(token) : std::string();
    if (auto text = explain_form(error, *jws); !text.empty()) return text;
    const auto header = jwt::parse_part(jws->header, Error::header_not_json_object);
    if (!header) return {};
    if (auto text = explain_header(error, header->root(), keys, rules); !text.empty()) return text;
    const auto claims = jwt::parse_part(jws->payload, Error::payload_not_json_object);
    return claims ? explain_claims(error, claims->root(), rules.claims, now) : std::string();
}

}  // namespace

std::string explain(Error error, std::string_view token, std::span<const JwkSet* const> keys,
                    const jwt::VerificationRules& rules, NumericDate now) {
    return bounded(explain_token(error, token, keys, rules, now));
}

std::string explain(Error error, const Value& claims, const ClaimsRules& rules, NumericDate now) {
    return bounded(explain_claims(error, claims, rules, now));
}

std::string explain_scope(const Value& claims) {
    const auto scope = ScopeClaim::of(claims);
    if (!scope || scope->is_well_formed()) return {};
    return std::string(scope->name) + " is " + shown(scope->value) +
           ", and must be a string or an array of strings: it grants nothing";
}

std::string_view kind_name(Kind kind) noexcept {
    static constexpr std::array<std::string_view, 8> names = {
        "null", "a boolean", "an integer", "a number", "a string", "an array", "an object", "a number beyond 64 bits"};
    return names[static_cast<std::size_t>(kind)];
}

}  // namespace oauth
