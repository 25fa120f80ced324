#include "cli/token_remedies.h"

namespace cli {
namespace {

using oauth::Error;

std::string_view for_token(Error error) noexcept {
    switch (error) {
        case Error::credentials_not_bearer:
            return "send the token as \"Authorization: Bearer TOKEN\"";
        case Error::credentials_malformed:
            return "copy the token again, as a whole and without white space inside; if it has other characters than "
                   "letters, digits and -._~+/ with = at its end (RFC 6750), have the authorization server issue such "
                   "tokens";
        case Error::token_not_compact_jws:
        case Error::token_not_base64url:
        case Error::header_not_json_object:
        case Error::payload_not_json_object:
        case Error::signature_malformed:
            return "copy the token again, as a whole; an opaque token needs introspection (MCP_INTROSPECT_ENDPOINT, "
                   "introspection of the file, mcp_introspection)";
        case Error::token_too_large:
            return "have the authorization server put less into it";
        case Error::token_encrypted:
            return "let the authorization server issue signed tokens, and none that are encrypted";
        case Error::algorithm_unsupported:
        case Error::algorithm_not_allowed:
            return "let the authorization server sign with an algorithm that is accepted, or accept this one "
                   "(algorithms of the file, mcp_algorithms)";
        case Error::type_not_accepted:
            return "send the access token, not an ID token or a refresh token; token_type of the file "
                   "(mcp_token_type) says which are accepted";
        case Error::key_not_found:
            return "check that these are the issuer's keys, and that they were fetched after the token was issued";
        case Error::signature_invalid:
            return "copy the token again, as a whole; or give the keys of the server that has issued it";
        case Error::too_many_candidate_keys:
        case Error::kid_missing:
            return "have the authorization server write kid into the header";
        case Error::token_kind_refused:
            return "send an access token; if it is one, let the authorization server introspect such tokens";
        case Error::token_inactive:
            return "get a new token; if it is new, permit this client to introspect it at the authorization server";
        default:
            return {};
    }
}

std::string_view for_claims(Error error) noexcept {
    switch (error) {
        case Error::time_claim_invalid:
        case Error::expiration_missing:
            return "have the authorization server write exp, nbf and iat as numbers of seconds";
        case Error::expired:
            return "get a new token from the authorization server";
        case Error::not_yet_valid:
            return "compare the clocks of both machines; --leeway (leeway of the file) allows a difference";
        case Error::issuer_missing:
        case Error::issuer_not_accepted:
            return "get the token from the issuer that is accepted, or accept this one as the token writes it, byte by "
                   "byte (MCP_ISSUER, issuers of the file, mcp_issuer)";
        case Error::audience_missing:
        case Error::audience_not_accepted:
            return "ask for the token with resource=URL of the MCP server (RFC 8707), or accept the audience that it "
                   "has (audiences of the file, mcp_audience)";
        case Error::token_sender_constrained:
            return "ask for a token that is not bound to a key (no DPoP, no client certificate)";
        case Error::scope_insufficient:
            return "ask for a token with this scope, by a client that may have it";
        default:
            return {};
    }
}

std::string_view for_server(Error error) noexcept {
    switch (error) {
        case Error::server_refuses_client:
            return "check the client's id and what proves it (MCP_CLIENT_ID and MCP_CLIENT_SECRET_FILE, introspection "
                   "of the file), and that the server permits it to introspect";
        case Error::server_failed:
            return "see the log of the authorization server";
        case Error::server_limits_rate:
            return "try again later, or have the server allow more";
        case Error::server_refuses_request:
        case Error::server_redirects:
        case Error::server_status_unexpected:
        case Error::answer_compressed:
        case Error::answer_without_active:
        case Error::answer_claim_invalid:
        case Error::document_not_json:
        case Error::document_too_large:
            return "check that this is the introspection endpoint (MCP_INTROSPECT_ENDPOINT, introspection.url of the "
                   "file, mcp_introspection)";
        default:
            return {};
    }
}

}  // namespace

std::string_view remedy_for(Error error) noexcept {
    for (const auto& look_up : {for_token, for_claims, for_server})
        if (const std::string_view remedy = look_up(error); !remedy.empty()) return remedy;
    return "look this reason up in docs/REASONS.md";
}

}  // namespace cli
