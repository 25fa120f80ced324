// Why a request to an MCP endpoint was refused: the reasons of OAuth (oauth/error.h), and those of the transport.
#pragma once

#include <cstdint>
#include <string_view>
#include <variant>

#include "oauth/error.h"

namespace mcp {

enum class TransportError : std::uint8_t {
    path_ambiguous,  // readers of the path could take it for different ones
    origin_not_allowed,
    method_not_allowed,
    stream_needs_token,      // GET or DELETE of a client that began without a token
    unsupported_version,     // MCP-Protocol-Version names a revision that mcp_protocol_versions excludes
    version_missing,         // only modern revisions are served, and there is no MCP-Protocol-Version
    header_mismatch,         // mirrored headers missing, doubled, undecodable or not what the body says
    media_type_unsupported,  // not application/json in UTF-8 without coding where the body decides, or a form
    content_type_ambiguous,  // two Content-Type headers
    body_unexpected,         // a body with another method than POST where the body decides
    body_unavailable,        // nobody can read it here (a subrequest), or there was no memory
    body_too_large,
    anonymous_bodies_limited,  // too much is held of bodies of requests without a token
    body_not_json,             // syntax, UTF-8, limits, duplicate member names
    body_not_jsonrpc,          // not a JSON-RPC message, or a batch where none may be
    body_ambiguous,            // two readers could take it for different operations
    body_name_missing,         // tools/call and the like without the name that policy needs
    record_unavailable,        // mcp_audit_required, and the log has no room
    rate_limited,              // mcp_rate_limit, mcp_refusal_limit
    limit_caller_missing,      // a limit counts by what the token does not say
    limits_unavailable,        // nobody can say whether a limit is reached (mcp_redis)
    uri_not_normal,            // a rule judges resource URIs, and a URL parser would rewrite this one
};

// JSON-RPC error codes (JSON-RPC 2.0 section 5.1, MCP 2026-07-28).
inline constexpr int no_jsonrpc_error = 0;
inline constexpr int parse_error = -32700;
inline constexpr int invalid_request = -32600;
inline constexpr int invalid_params = -32602;
inline constexpr int internal_error = -32603;
inline constexpr int header_mismatch_code = -32020;
inline constexpr int unsupported_version_code = -32022;
// Of our own. MCP keeps -32020 to -32099 for itself; SDKs give -32000 to -32005 meanings of theirs ("connection
// closed", "request timeout", "session not found", "resource not found", "server overloaded").
inline constexpr int unauthorized_code = -32010;
inline constexpr int forbidden_code = -32011;
inline constexpr int unavailable_code = -32012;
inline constexpr int rate_limited_code = -32013;

// An error, and its row of either table. All views are literals.
struct Reason {
    std::variant<oauth::Error, TransportError> error = oauth::Error::internal;
    std::string_view name{};  // stable, for logs and variables
    std::string_view text{};  // safe in a log line and in error_description
    int http_status = 500;
    std::string_view oauth_error{};       // RFC 6750 section 3.1, or empty
    int jsonrpc_code = no_jsonrpc_error;  // of its own; see code_in_answer()

    template <class AnyError>
    constexpr bool is(AnyError other) const noexcept {
        const auto* own = std::get_if<AnyError>(&error);
        return own != nullptr && *own == other;
    }
};

Reason reason(oauth::Error error) noexcept;
Reason reason(TransportError error) noexcept;

// The code of the JSON-RPC error that answers a POST: the reason's own, or the one of its status.
int code_in_answer(const Reason& why) noexcept;

}  // namespace mcp
