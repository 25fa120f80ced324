#include "oauth/jwt/compact_jws.h"

#include <algorithm>

namespace oauth::jwt {
namespace {

std::expected<std::optional<std::string_view>, Error> optional_string(json::Value header,
                                                                      std::string_view name) noexcept {
    const auto value = header.present(name);
    if (!value) return std::nullopt;
    const auto text = value->string();
    if (!text) return std::unexpected(Error::header_invalid);
    return text;
}

// The errors of a document blame whoever published it; a token is sent by a client.
Error of_token(Error error, Error not_json) noexcept {
    switch (error) {
        case Error::document_not_utf8:
            return Error::token_not_utf8;
        case Error::document_too_deep:
            return Error::token_too_deep;
        case Error::document_number_too_large:
            return Error::token_number_too_large;
        case Error::document_half_surrogate:
            return Error::token_half_surrogate;
        case Error::document_duplicate_member:
            return Error::token_duplicate_member;
        case Error::token_not_base64url:
        case Error::out_of_memory:
            return error;
        default:
            return not_json;
    }
}

}  // namespace

std::expected<json::Document, Error> parse_part(std::string_view encoded, Error not_json) noexcept {
    auto document = json::Document::parse_base64url(encoded, {.max_bytes = encoded.size(), .keep_large_numbers = true});
    if (document) return document;
    return std::unexpected(of_token(document.error(), not_json));
}

std::expected<CompactJws, Error> split_compact_jws(std::string_view token) noexcept {
    const std::size_t first = token.find('.');
    const std::size_t second = first == std::string_view::npos ? first : token.find('.', first + 1);
    if (second == std::string_view::npos) return std::unexpected(Error::token_not_compact_jws);
    if (token.find('.', second + 1) != std::string_view::npos)  // RFC 7516 section 9: four are a JWE
        return std::unexpected(std::ranges::count(token, '.') == 4 ? Error::token_encrypted
                                                                   : Error::token_not_compact_jws);
    const CompactJws jws{.header = token.substr(0, first),
                         .payload = token.substr(first + 1, second - first - 1),
                         .signature = token.substr(second + 1),
                         .signing_input = token.substr(0, second)};
    if (jws.header.empty() || jws.payload.empty() || jws.signature.empty())
        return std::unexpected(Error::token_not_compact_jws);
    return jws;
}

std::expected<JoseHeader, Error> read_jose_header(json::Value header) noexcept {
    if (header.kind() != json::Kind::object) return std::unexpected(Error::header_not_json_object);
    const auto alg = optional_string(header, "alg");
    if (!alg || !*alg) return std::unexpected(Error::header_invalid);
    const auto algorithm = parse_algorithm(**alg);
    if (!algorithm) return std::unexpected(Error::algorithm_unsupported);

    // We understand no extension, so that any "crit" is one we do not (RFC 7515 section 4.1.11), an empty or malformed
    // one included. "b64" changes what is signed and works only with crit (RFC 7797 section 6): without it, two
    // verifiers could read one token in two ways.
    if (header.member("crit") || header.member("b64")) return std::unexpected(Error::critical_header_unsupported);

    const auto kid = optional_string(header, "kid");
    const auto type = optional_string(header, "typ");
    if (!kid || !type) return std::unexpected(Error::header_invalid);
    return JoseHeader{.algorithm = *algorithm, .kid = *kid, .type = *type};
}

bool is_compact_jws(std::string_view token) {
    const auto parts = split_compact_jws(token);
    if (!parts) return false;
    const auto header = parse_part(parts->header, Error::header_not_json_object);
    return header && header->root().member("alg");
}

std::expected<json::Document, Error> unverified_claims(std::string_view token) {
    const auto parts = split_compact_jws(token);
    if (!parts) return std::unexpected(parts.error());
    return parse_part(parts->payload, Error::payload_not_json_object);
}

std::optional<std::string> unverified_issuer(std::string_view token) {
    const auto payload = unverified_claims(token);
    const auto issuer = payload ? payload->root().member("iss") : std::nullopt;
    const auto text = issuer ? issuer->string() : std::nullopt;
    return text ? std::optional<std::string>(*text) : std::nullopt;
}

bool says_sender_constrained(std::string_view token) {
    const auto payload = unverified_claims(token);
    const auto confirmation = payload ? payload->root().present("cnf") : std::nullopt;
    return confirmation.has_value();
}

}  // namespace oauth::jwt
