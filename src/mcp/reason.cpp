#include "mcp/reason.h"

namespace mcp {

Reason reason(oauth::Error error) noexcept {
    const oauth::ErrorInfo& info = oauth::describe(error);
    return {.name = info.name, .text = info.text, .http_status = info.http_status, .oauth_error = info.oauth_error};
}

Reason reason(TransportError error) noexcept {
    switch (error) {
        case TransportError::origin_not_allowed:
            return {
                .name = "origin_not_allowed", .text = "the Origin header names a foreign origin", .http_status = 403};
        case TransportError::method_not_allowed:
            return {.name = "method_not_allowed", .text = "this HTTP method is not served here", .http_status = 405};
        case TransportError::unsupported_version:
            return {.name = "unsupported_version",
                    .text = "Unsupported protocol version",
                    .http_status = 400,
                    .jsonrpc_code = unsupported_version_code};
        case TransportError::version_missing:
            return {.name = "version_missing",
                    .text = "MCP-Protocol-Version is required",
                    .http_status = 400,
                    .jsonrpc_code = header_mismatch_code};
        case TransportError::header_mismatch:
            return {.name = "header_mismatch",
                    .text = "Mcp-Method, Mcp-Name or MCP-Protocol-Version does not agree with the body",
                    .http_status = 400,
                    .jsonrpc_code = header_mismatch_code};
        case TransportError::body_too_large:
            return {.name = "body_too_large",
                    .text = "the request body is larger than this endpoint reads",
                    .http_status = 400,
                    .jsonrpc_code = invalid_request};
        case TransportError::body_not_json:
            return {.name = "body_not_json",
                    .text = "the request body is not acceptable JSON",
                    .http_status = 400,
                    .jsonrpc_code = parse_error};
        case TransportError::body_not_jsonrpc:
            return {.name = "body_not_jsonrpc",
                    .text = "the request body is not a JSON-RPC message",
                    .http_status = 400,
                    .jsonrpc_code = invalid_request};
        case TransportError::body_name_missing:
            return {.name = "body_name_missing",
                    .text = "params lacks the name or uri of what is asked for",
                    .http_status = 400,
                    .jsonrpc_code = invalid_params};
    }
    return {.name = "internal", .text = "internal error", .http_status = 500};
}

}  // namespace mcp
