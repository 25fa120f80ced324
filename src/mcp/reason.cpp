#include "mcp/reason.h"

#include <algorithm>
#include <array>

namespace mcp {
namespace {

struct Row {
    TransportError error;
    Reason reason;
};

constexpr std::array rows{
    Row{TransportError::path_ambiguous,
        {.name = "path_ambiguous",
         .text = "nginx and the MCP server could read this path as different paths",
         .http_status = 400,
         .jsonrpc_code = invalid_request}},
    Row{TransportError::early_data,
        {.name = "early_data",
         .text = "the request came in TLS early data, which others can send again; send it after the handshake",
         .http_status = 425}},
    Row{TransportError::origin_not_allowed,
        {.name = "origin_not_allowed", .text = "the Origin header names a foreign origin", .http_status = 403}},
    Row{TransportError::method_not_allowed,
        {.name = "method_not_allowed", .text = "this HTTP method is not served here", .http_status = 405}},
    Row{TransportError::stream_needs_token,
        {.name = "stream_needs_token",
         .text = "without an access token there is no stream of the server's own messages, and no session to end",
         .http_status = 405}},
    Row{TransportError::unsupported_version,
        {.name = "unsupported_version",
         .text = "Unsupported protocol version",
         .http_status = 400,
         .jsonrpc_code = unsupported_version_code}},
    Row{TransportError::version_missing,
        {.name = "version_missing",
         .text = "MCP-Protocol-Version is required",
         .http_status = 400,
         .jsonrpc_code = header_mismatch_code}},
    Row{TransportError::header_mismatch,
        {.name = "header_mismatch",
         .text = "Mcp-Method, Mcp-Name or MCP-Protocol-Version does not agree with the body",
         .http_status = 400,
         .jsonrpc_code = header_mismatch_code}},
    Row{TransportError::media_type_unsupported,
        {.name = "media_type_unsupported",
         .text = "the request body must be application/json in UTF-8, without Content-Encoding",
         .http_status = 415,
         .jsonrpc_code = invalid_request}},
    Row{TransportError::content_type_ambiguous,
        {.name = "content_type_ambiguous",
         .text = "the request has more than one Content-Type",
         .http_status = 400,
         .jsonrpc_code = invalid_request}},
    Row{TransportError::body_unexpected,
        {.name = "body_unexpected",
         .text = "only a POST request may have a body here",
         .http_status = 400,
         .jsonrpc_code = invalid_request}},
    Row{TransportError::body_unavailable,
        {.name = "body_unavailable", .text = "the request body cannot be read here", .http_status = 500}},
    Row{TransportError::body_too_large,
        {.name = "body_too_large",
         .text = "the request body is larger than this endpoint reads",
         .http_status = 413,
         .jsonrpc_code = invalid_request}},
    Row{TransportError::anonymous_bodies_limited,
        {.name = "anonymous_bodies_limited",
         .text = "too much is held of the bodies of requests without a token",
         .http_status = 503}},
    Row{TransportError::record_unavailable,
        {.name = "record_unavailable",
         .text = "every request must be recorded, and the log cannot take a record now",
         .http_status = 503}},
    Row{TransportError::rate_limited, {.name = "rate_limited", .text = "too many requests", .http_status = 429}},
    Row{TransportError::limit_caller_missing,
        {.name = "limit_caller_missing",
         .text = "the token does not say whom a rate limit counts",
         .http_status = 401,
         .oauth_error = "invalid_token"}},
    Row{TransportError::limits_unavailable,
        {.name = "limits_unavailable",
         .text = "whether a rate limit is reached cannot be found out now",
         .http_status = 503}},
    Row{TransportError::body_not_json,
        {.name = "body_not_json",
         .text = "the request body is not acceptable JSON",
         .http_status = 400,
         .jsonrpc_code = parse_error}},
    Row{TransportError::body_not_jsonrpc,
        {.name = "body_not_jsonrpc",
         .text = "the request body is not a JSON-RPC message",
         .http_status = 400,
         .jsonrpc_code = invalid_request}},
    Row{TransportError::body_ambiguous,
        {.name = "body_ambiguous",
         .text = "nginx and the MCP server could read this request body as different operations",
         .http_status = 400,
         .jsonrpc_code = invalid_request}},
    Row{TransportError::body_name_missing,
        {.name = "body_name_missing",
         .text = "params lacks the name, uri or taskId of what is asked for",
         .http_status = 400,
         .jsonrpc_code = invalid_params}},
    Row{TransportError::uri_not_normal,
        {.name = "uri_not_normal",
         .text = "the resource URI is not in its normal form",
         .http_status = 400,
         .jsonrpc_code = invalid_params}},
};

}  // namespace

Reason reason(oauth::Error error) noexcept {
    const oauth::ErrorInfo& info = oauth::describe(error);
    return {.error = error,
            .name = info.name,
            .text = info.text,
            .http_status = info.http_status,
            .oauth_error = info.oauth_error};
}

Reason reason(TransportError error) noexcept {
    const auto* row = std::ranges::find(rows, error, &Row::error);
    if (row == rows.end()) return reason(oauth::Error::internal);
    Reason why = row->reason;
    why.error = error;
    return why;
}

int code_in_answer(const Reason& why) noexcept {
    if (why.jsonrpc_code != no_jsonrpc_error) return why.jsonrpc_code;
    switch (why.http_status) {
        case 400:
            return invalid_request;
        case 401:
            return unauthorized_code;
        case 403:
            return forbidden_code;
        case 429:
            return rate_limited_code;
        case 503:
            return unavailable_code;
        default:
            return internal_error;
    }
}

}  // namespace mcp
