#include "oauth/error.h"

#include <array>
#include <cstddef>

namespace oauth {
namespace {

struct Row {
    Error error;
    ErrorInfo info;
};

constexpr ErrorInfo ours(std::string_view name, std::string_view text, int http_status) {
    return {name, text, http_status, {}};
}

// RFC 6750 section 3.1: whatever is wrong with a token is invalid_token.
constexpr ErrorInfo bad_token(std::string_view name, std::string_view text) {
    return {name, text, 401, "invalid_token"};
}

// Keys and documents come from the operator or from the authorization server, so the client cannot be blamed.
constexpr ErrorInfo bad_document(std::string_view name, std::string_view text) {
    return ours(name, text, 503);
}

// In the order of the enum, see rows_stand_in_order.
constexpr std::array table = {
    Row{Error::internal, ours("internal", "an internal error occurred", 500)},
    Row{Error::out_of_memory, ours("out_of_memory", "out of memory", 500)},
    Row{Error::keys_unavailable, ours("keys_unavailable", "the verification keys are not available", 503)},

    // RFC 6750 section 3.1: no code for a request without credentials, nor for one with credentials of another scheme.
    Row{Error::credentials_missing, ours("credentials_missing", "the request has no access token", 401)},
    Row{Error::credentials_not_bearer,
        ours("credentials_not_bearer", "the Authorization header is of another scheme than Bearer", 401)},
    Row{Error::credentials_malformed,
        bad_token("credentials_malformed", "the Authorization header has no usable Bearer token")},
    Row{Error::request_ambiguous,
        {"request_ambiguous", "the access token is in the query, or there is more than one", 400, "invalid_request"}},

    Row{Error::token_too_large, bad_token("token_too_large", "the token is too large")},
    Row{Error::token_not_compact_jws, bad_token("token_not_compact_jws", "the token does not have three parts")},
    Row{Error::token_encrypted, bad_token("token_encrypted", "the token is encrypted, which is not supported")},
    Row{Error::token_not_base64url, bad_token("token_not_base64url", "a part of the token is not base64url")},
    Row{Error::header_not_json_object, bad_token("header_not_json_object", "the token header is not a JSON object")},
    Row{Error::payload_not_json_object, bad_token("payload_not_json_object", "the token payload is not a JSON object")},
    Row{Error::token_not_utf8, bad_token("token_not_utf8", "the token has text that is not UTF-8")},
    Row{Error::token_too_deep, bad_token("token_too_deep", "the token has objects or arrays nested too deeply")},
    Row{Error::token_number_too_large, bad_token("token_number_too_large", "the token has a number beyond 64 bits")},
    Row{Error::token_half_surrogate,
        bad_token("token_half_surrogate", "the token has a string with half of a surrogate pair")},
    Row{Error::token_duplicate_member,
        bad_token("token_duplicate_member", "an object of the token has two members of one name")},
    Row{Error::header_invalid,
        bad_token("header_invalid", "a member of the token header is missing or has the wrong type")},

    Row{Error::algorithm_unsupported,
        bad_token("algorithm_unsupported", "the signature algorithm of the token is not supported")},
    Row{Error::algorithm_not_allowed,
        bad_token("algorithm_not_allowed", "the signature algorithm of the token is not allowed")},
    Row{Error::critical_header_unsupported,
        bad_token("critical_header_unsupported", "the token demands an extension that is not supported")},
    Row{Error::type_not_accepted, bad_token("type_not_accepted", "the type of the token is not accepted")},
    Row{Error::kid_missing, bad_token("kid_missing", "the token does not name its key")},

    Row{Error::key_not_found, bad_token("key_not_found", "no key matches the token")},
    Row{Error::signature_malformed,
        bad_token("signature_malformed", "the signature has the wrong length for its algorithm")},
    Row{Error::signature_invalid, bad_token("signature_invalid", "the signature does not verify")},
    Row{Error::too_many_candidate_keys,
        bad_token("too_many_candidate_keys", "more keys could have signed the token than nginx tries")},

    Row{Error::time_claim_invalid, bad_token("time_claim_invalid", "a time claim of the token is not a valid date")},
    Row{Error::expiration_missing, bad_token("expiration_missing", "the token has no expiration time")},
    Row{Error::expired, bad_token("expired", "the token has expired")},
    Row{Error::not_yet_valid, bad_token("not_yet_valid", "the token is not yet valid")},
    Row{Error::issuer_missing, bad_token("issuer_missing", "the token does not name its issuer")},
    Row{Error::issuer_not_accepted, bad_token("issuer_not_accepted", "the issuer of the token is not accepted")},
    Row{Error::audience_missing, bad_token("audience_missing", "the token does not name its audience")},
    Row{Error::audience_not_accepted, bad_token("audience_not_accepted", "the token was not issued for this resource")},
    Row{Error::token_sender_constrained,
        bad_token("token_sender_constrained",
                  "the token is bound to a key, and a Bearer request does not prove possession of that key")},
    Row{Error::subject_revoked, bad_token("subject_revoked", "the subject of the token is revoked")},
    Row{Error::key_revoked, bad_token("key_revoked", "the key of the token is revoked")},
    Row{Error::requirement_failed, bad_token("requirement_failed", "the token does not meet a requirement")},

    Row{Error::scope_insufficient,
        {"scope_insufficient", "the token does not have the required scope", 403, "insufficient_scope"}},

    Row{Error::token_inactive, bad_token("token_inactive", "the token is inactive (expired or revoked)")},
    Row{Error::token_kind_refused,
        bad_token("token_kind_refused", "the token is not of a kind that the authorization server introspects")},
    Row{Error::server_requests_limited,
        bad_document("server_requests_limited",
                     "too many requests to the authorization server are in progress, or wait for a response")},
    Row{Error::server_not_asked,
        bad_document("server_not_asked", "no request about the token could be sent to the authorization server")},
    Row{Error::server_unreachable,
        bad_document("server_unreachable", "no complete response came from the authorization server")},
    Row{Error::server_failed, bad_document("server_failed", "the authorization server answered with a 5xx status")},
    Row{Error::server_limits_rate,
        bad_document("server_limits_rate", "the authorization server limits the rate of requests from nginx")},
    Row{Error::server_redirects, bad_document("server_redirects", "the authorization server answered with a redirect")},
    Row{Error::server_refuses_client,
        bad_document("server_refuses_client",
                     "the authorization server rejects nginx's client, or the way the client authenticates")},
    Row{Error::server_refuses_request,
        bad_document("server_refuses_request", "the authorization server rejected nginx's request as invalid")},
    Row{Error::server_status_unexpected,
        bad_document("server_status_unexpected", "the authorization server answered with an unexpected status")},
    Row{Error::answer_compressed, bad_document("answer_compressed", "the answer has a content coding")},
    Row{Error::answer_without_active,
        bad_document("answer_without_active", "the answer is not an object with a boolean active")},
    Row{Error::answer_claim_invalid, bad_document("answer_claim_invalid", "a claim of the answer has the wrong type")},
    // A refusal stands until the configuration changes, here or there, so 503 would promise too much.
    Row{Error::exchange_refused,
        ours("exchange_refused", "the authorization server refused to exchange the token", 502)},
    Row{Error::exchange_answer_invalid,
        bad_document("exchange_answer_invalid", "the answer has no bearer token that can be used")},

    Row{Error::document_too_large, bad_document("document_too_large", "the document is too large")},
    Row{Error::document_not_json, bad_document("document_not_json", "the document is not JSON")},
    Row{Error::document_not_utf8, bad_document("document_not_utf8", "the document is not UTF-8")},
    Row{Error::document_too_deep, bad_document("document_too_deep", "objects or arrays are nested too deeply")},
    Row{Error::document_number_too_large, bad_document("document_number_too_large", "a number is beyond 64 bits")},
    Row{Error::document_half_surrogate,
        bad_document("document_half_surrogate", "a string has half of a surrogate pair")},
    Row{Error::document_duplicate_member,
        bad_document("document_duplicate_member", "an object has two members of one name")},

    Row{Error::key_set_not_object, bad_document("key_set_not_object", "the key set is not a JSON object")},
    Row{Error::key_set_without_keys, bad_document("key_set_without_keys", "the key set has no array of keys")},
    Row{Error::key_set_unusable, bad_document("key_set_unusable", "no key of the set can verify a signature")},

    Row{Error::issuer_not_url,
        bad_document("issuer_not_url", "the issuer is not an http or https URL without a query")},
    Row{Error::metadata_not_object,
        bad_document("metadata_not_object", "the authorization server metadata is not a JSON object")},
    Row{Error::metadata_issuer_missing,
        bad_document("metadata_issuer_missing", "the authorization server metadata does not name its issuer")},
    Row{Error::metadata_issuer_mismatch,
        bad_document("metadata_issuer_mismatch", "the authorization server metadata names another issuer")},
    Row{Error::metadata_url_invalid,
        bad_document("metadata_url_invalid", "the authorization server metadata has a URL that cannot be used")},
    Row{Error::metadata_url_insecure,
        bad_document("metadata_url_insecure",
                     "the authorization server metadata of an https issuer has a URL that is not https")},
    Row{Error::metadata_without_jwks_uri,
        bad_document("metadata_without_jwks_uri", "the authorization server metadata has no jwks_uri")},

    Row{Error::key_not_object, bad_document("key_not_object", "the key is not a JSON object")},
    Row{Error::key_type_unsupported, bad_document("key_type_unsupported", "the type of the key is not supported")},
    Row{Error::key_member_invalid,
        bad_document("key_member_invalid", "a member of the key is missing, has the wrong type or is not base64url")},
    Row{Error::key_curve_unsupported, bad_document("key_curve_unsupported", "the curve of the key is not supported")},
    Row{Error::key_too_weak,
        bad_document("key_too_weak", "the RSA modulus of the key is shorter than 2048 bits or longer than 16384")},
    Row{Error::key_point_invalid, bad_document("key_point_invalid", "the point of the key is not on its curve")},
    Row{Error::key_use_not_signature, bad_document("key_use_not_signature", "the key is not for signatures")},
    Row{Error::key_operations_without_verify,
        bad_document("key_operations_without_verify", "the operations of the key do not include verify")},
    Row{Error::key_algorithm_unsupported,
        bad_document("key_algorithm_unsupported", "the algorithm of the key is not supported")},
    Row{Error::key_algorithm_mismatch,
        bad_document("key_algorithm_mismatch", "the algorithm of the key does not belong to its type")},
    Row{Error::key_pem_invalid, bad_document("key_pem_invalid", "the key is not a PEM public key")},
};

consteval bool rows_stand_in_order() {
    for (std::size_t i = 0; i < table.size(); ++i)
        if (static_cast<std::size_t>(table[i].error) != i) return false;
    return table.back().error == Error::key_pem_invalid;
}
static_assert(rows_stand_in_order());

}  // namespace

const ErrorInfo& describe(Error error) noexcept {
    const auto index = static_cast<std::size_t>(error);
    return table[index < table.size() ? index : static_cast<std::size_t>(Error::internal)].info;
}

}  // namespace oauth
