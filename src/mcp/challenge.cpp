#include "mcp/challenge.h"

#include "oauth/json/json_text.h"

namespace mcp {
namespace {

// Values hold no quote and no backslash: URIs and scopes are checked at load, texts are literals.
void append_parameter(std::string& header, std::string_view name, std::string_view value) {
    if (value.empty()) return;
    header += header.ends_with(' ') ? "" : ", ";
    header += name;
    header += "=\"";
    header += value;
    header += '"';
}

std::string description(const Reason& why, std::string_view decision_id) {
    std::string text(why.text);
    if (decision_id.empty()) return text;
    text += " (";
    text += decision_id;
    text += ')';
    return text;
}

std::string supported_versions(Protocol protocol) {
    return protocol == Protocol::legacy ? R"(["2025-11-25","2025-06-18","2025-03-26"])" : R"(["2026-07-28"])";
}

}  // namespace

std::string challenge(const Resource& resource, const Decision& decision, std::string_view decision_id) {
    const Reason& why = decision.reason;
    const bool names_bearer = why.http_status == 401 || !why.oauth_error.empty();
    if (!names_bearer) return {};
    const bool is_scope = why.is(oauth::Error::scope_insufficient);
    const std::string scopes = resource.scopes.names(is_scope ? decision.required : resource.policy.general_scopes());
    std::string header = "Bearer ";
    append_parameter(header, "error", why.oauth_error);
    if (is_scope) {
        append_parameter(header, "scope", scopes);
        append_parameter(header, "resource_metadata", resource.metadata_uri);
        return header;
    }
    if (!why.oauth_error.empty()) append_parameter(header, "error_description", description(why, decision_id));
    append_parameter(header, "resource_metadata", resource.metadata_uri);
    append_parameter(header, "scope", scopes);
    return header;
}

std::string refusal_body(const Resource& resource, const Decision& decision, std::string_view message_id) {
    const Reason& why = decision.reason;
    if (why.jsonrpc_code != no_jsonrpc_error) {
        std::string body = R"({"jsonrpc":"2.0","id":)";
        body += message_id.empty() ? "null" : message_id;
        body += R"(,"error":{"code":)" + std::to_string(why.jsonrpc_code);
        body += R"(,"message":)" + oauth::json::quoted(why.text);
        if (why.is(TransportError::unsupported_version))
            body += R"(,"data":{"supported":)" + supported_versions(resource.protocol) + "}";
        return body + "}}";
    }
    const std::string_view code = why.oauth_error.empty() ? why.name : why.oauth_error;
    return "{\"error\":" + oauth::json::quoted(code) + ",\"error_description\":" + oauth::json::quoted(why.text) + "}";
}

}  // namespace mcp
