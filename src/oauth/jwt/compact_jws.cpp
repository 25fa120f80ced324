#include "oauth/jwt/compact_jws.h"

#include <algorithm>

namespace oauth::jwt {
namespace {

std::expected<std::optional<std::string_view>, Error> optional_string(json::Value header,
                                                                      std::string_view name) noexcept {
    const auto value = header.member(name);
    if (!value) return std::nullopt;
    const auto text = value->string();
    if (!text) return std::unexpected(Error::header_invalid);
    return text;
}

}  // namespace

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
    const auto header = json::Document::parse_base64url(parts->header);
    return header && header->root().member("alg");
}

std::optional<std::string> unverified_issuer(std::string_view token) {
    const auto parts = split_compact_jws(token);
    if (!parts) return std::nullopt;
    const auto payload = json::Document::parse_base64url(parts->payload);
    const auto issuer = payload ? payload->root().member("iss") : std::nullopt;
    const auto text = issuer ? issuer->string() : std::nullopt;
    return text ? std::optional<std::string>(*text) : std::nullopt;
}

bool says_sender_constrained(std::string_view token) {
    const auto parts = split_compact_jws(token);
    if (!parts) return false;
    const auto payload = json::Document::parse_base64url(parts->payload);
    const auto confirmation = payload ? payload->root().member("cnf") : std::nullopt;
    return confirmation && confirmation->kind() != json::Kind::null;
}

}  // namespace oauth::jwt
