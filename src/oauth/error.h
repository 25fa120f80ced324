// Why a token, a key or an answer was refused: one enum, and one table that gives each reason its text, its HTTP status
// and its OAuth error code.
#pragma once

#include <cstdint>
#include <string_view>

namespace oauth {

enum class Error : std::uint8_t {
    // Ours, not the client's.
    internal,
    out_of_memory,
    keys_unavailable,  // key sets could not be had: the authorization server is down or answers nonsense

    // The request (RFC 6750 section 2 and 3.1).
    credentials_missing,
    credentials_not_bearer,  // an Authorization header of another scheme, see scheme_problem()
    credentials_malformed,   // "Authorization: Bearer" without a usable token
    request_ambiguous,       // more than one Authorization header, or tokens by two methods

    // JWS compact serialization (RFC 7515 section 7.1).
    token_too_large,
    token_not_compact_jws,  // not exactly three non-empty parts (a missing signature included)
    token_encrypted,        // five parts: a JWE
    token_not_base64url,
    header_not_json_object,
    payload_not_json_object,
    token_not_utf8,  // this and the next four: of the header or the payload, see the documents' errors below
    token_too_deep,
    token_number_too_large,
    token_half_surrogate,
    token_duplicate_member,
    header_invalid,  // alg missing or not a string, kid or typ not a string

    // JOSE header (RFC 7515 section 4, RFC 8725).
    algorithm_unsupported,  // unknown, or "none"
    algorithm_not_allowed,  // known, but the rules do not list it
    critical_header_unsupported,
    type_not_accepted,
    kid_missing,

    // Keys and signature.
    key_not_found,        // no key of the set has this kid and fits this algorithm
    signature_malformed,  // wrong length for the algorithm
    signature_invalid,
    too_many_candidate_keys,  // more keys could have signed it than are tried, and none of those that were did

    // Claims (RFC 7519 section 4.1, RFC 9068 section 4).
    time_claim_invalid,  // exp, nbf or iat is not a number of seconds that can be compared
    expiration_missing,
    expired,
    not_yet_valid,
    issuer_missing,
    issuer_not_accepted,
    audience_missing,
    audience_not_accepted,
    token_sender_constrained,  // bound to a key (cnf), but sent as a plain Bearer token
    subject_revoked,
    key_revoked,
    requirement_failed,  // an operator's require rule

    // Authorization.
    scope_insufficient,

    // Answers of the authorization server's endpoints (RFC 7662 section 2.2, RFC 8693 section 2.2). The first two are
    // about the token. The others are not: they never turn a token into an inactive one.
    token_inactive,
    token_kind_refused,        // 400 unsupported_token_type: not a token that this server introspects
    server_requests_limited,   // as many questions are under way as may be
    server_not_asked,          // it cannot be asked from here: no subrequest could be made
    server_unreachable,        // no answer: refused, reset, timed out (nginx's own 502 and 504)
    server_failed,             // another 5xx
    server_limits_rate,        // 429
    server_redirects,          // 3xx
    server_refuses_client,     // 401, 403 or invalid_client: its id, or what proves it, is wrong
    server_refuses_request,    // 400
    server_status_unexpected,  // 204 and the rest
    answer_compressed,
    answer_without_active,  // no object with a boolean "active"
    answer_claim_invalid,   // a claim has the wrong type
    exchange_refused,
    exchange_answer_invalid,

    // JSON documents (RFC 8259, with limits).
    document_too_large,
    document_not_json,
    document_not_utf8,
    document_too_deep,
    document_number_too_large,
    document_half_surrogate,
    document_duplicate_member,

    // Key set documents (RFC 7517 section 5).
    key_set_not_object,
    key_set_without_keys,  // no "keys" array
    key_set_unusable,      // parsed, but no key can verify a signature

    // An issuer and the metadata of its authorization server (RFC 8414 section 2 and 3.3).
    issuer_not_url,  // not an http(s) URL without query and fragment
    metadata_not_object,
    metadata_issuer_missing,
    metadata_issuer_mismatch,  // not exactly the issuer that was asked
    metadata_url_invalid,      // jwks_uri or an endpoint is not an absolute http(s) URL
    metadata_url_insecure,     // http, though the issuer is https
    metadata_without_jwks_uri,

    // A single key that is skipped (RFC 7517 section 4, RFC 7518 section 6, RFC 8037).
    key_not_object,
    key_type_unsupported,
    key_member_invalid,  // a required member is missing, of the wrong type or not base64url
    key_curve_unsupported,
    key_too_weak,  // RSA modulus below 2048 bits, or above 16384
    key_point_invalid,
    key_use_not_signature,
    key_operations_without_verify,
    key_algorithm_unsupported,
    key_algorithm_mismatch,  // alg does not belong to kty or crv
    key_pem_invalid,
};

struct ErrorInfo {
    std::string_view name;         // stable, for logs and tests: "signature_invalid"
    std::string_view text;         // one English sentence part, safe in a log line and in error_description
    int http_status;               // 400, 401, 403, 500, 502 or 503; key and document errors: 503
    std::string_view oauth_error;  // RFC 6750 section 3.1 code, or empty when none may be sent
};

const ErrorInfo& describe(Error error) noexcept;

}  // namespace oauth
