// JWS compact serialization (RFC 7515 section 7.1) and its protected header (section 4.1).
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "oauth/error.h"
#include "oauth/json/json.h"
#include "oauth/jwt/algorithm.h"

namespace oauth::jwt {

// Views of one token. The parts are still encoded.
struct CompactJws {
    std::string_view header;
    std::string_view payload;
    std::string_view signature;
    std::string_view signing_input;  // header, dot, payload
};

// Errors: token_encrypted, token_not_compact_jws.
std::expected<CompactJws, Error> split_compact_jws(std::string_view token) noexcept;

// The JSON of a part, whatever its kind. Numbers beyond 64 bits are kept as such (json::Kind::large_number): those whom
// they concern find no number. Errors: token_not_base64url, `not_json`, out_of_memory, and what is wrong with JSON that
// not everybody reads alike (token_duplicate_member and those beside it).
std::expected<json::Document, Error> parse_part(std::string_view encoded, Error not_json) noexcept;

// Views into the header document.
struct JoseHeader {
    Algorithm algorithm;
    std::optional<std::string_view> kid;
    std::optional<std::string_view> type;
};

// jwk, jku, x5u and x5c are not looked at: a token does not bring its own key (RFC 8725 section 3.10). null means
// absent, but for crit and b64, which must not be there at all. Errors:
// header_not_json_object, header_invalid, algorithm_unsupported, critical_header_unsupported.
std::expected<JoseHeader, Error> read_jose_header(json::Value header) noexcept;

// True for three parts whose first is a JOSE header, good or bad: the token is a JWS, and not an opaque one that
// happens to have two dots.
bool is_compact_jws(std::string_view token);

// What a token says of itself, which nobody has verified: good for telling people about it. Errors: those of
// split_compact_jws() and parse_part().
std::expected<json::Document, Error> unverified_claims(std::string_view token);

// What "iss" says in a token that nobody has verified: good for choosing among issuers that are trusted anyway, for
// nothing else. nullopt: not readable, or not there.
std::optional<std::string> unverified_issuer(std::string_view token);

// True for a JWT that says of itself that its client must prove a key (cnf, RFC 7800 section 3). Nobody has verified
// that, so it is good for refusing the token, for nothing else.
bool says_sender_constrained(std::string_view token);

}  // namespace oauth::jwt
