#include "mcp/challenge.h"

#include <algorithm>

#include "base/ascii.h"
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

// Scope names have no space, and nothing that JSON escapes (RFC 6749 section 3.3).
std::string array_of_scopes(const std::string& names) {
    std::string array;
    for (const char c : names)
        c == ' ' ? array += R"(",")" : array += c;
    return names.empty() ? "[]" : R"([")" + array + R"("])";
}

std::string with_id(std::string text, std::string_view decision_id) {
    if (decision_id.empty()) return text;
    text += " (";
    text += decision_id;
    text += ')';
    return text;
}

// For people: what is wrong, and what they can do.
std::string sentence(const Resource& resource, const Decision& decision, std::chrono::seconds retry_after) {
    const Reason& why = decision.reason;
    std::string text(why.text);
    if (!decision.detail.empty()) text += ": " + std::string(decision.detail);
    if (!decision.missing.empty()) text += ", missing " + resource.scopes.names(decision.missing);
    if (why.is(TransportError::unsupported_version))
        text += ", this server speaks " + resource.revisions.names(", ", "");
    if (retry_after.count() > 0) text += ", try again in " + std::to_string(retry_after.count()) + " s";
    return text;
}

// From strangers: short, and only printable ASCII.
std::string requested_version(const Request& request, const Message* message) {
    constexpr std::size_t longest = 32;
    const auto& named = request.mirrored.protocol_version;
    std::string_view version = named.empty() ? std::string_view() : named.front();
    if (named.empty() && message != nullptr) version = message->proposed_version().value_or("");
    std::string text(version.substr(0, longest));
    std::ranges::transform(text, text.begin(), base::printable);
    return text;
}

// For programs. {"supported", "requested"} is MCP's own for an unsupported version.
std::string data_of(const Resource& resource, const Decision& decision, const Request& request, const Message* message,
                    std::string_view decision_id, std::chrono::seconds retry_after) {
    const Reason& why = decision.reason;
    const auto quoted = oauth::json::quoted;
    std::string data = R"({"reason":)" + quoted(why.name);
    if (!decision_id.empty()) data += R"(,"decision_id":)" + quoted(decision_id);
    if (!why.oauth_error.empty()) data += R"(,"oauth_error":)" + quoted(why.oauth_error);
    if (retry_after.count() > 0) data += R"(,"retry_after":)" + std::to_string(retry_after.count());
    if (why.is(oauth::Error::scope_insufficient)) {
        data += R"(,"scope":)" + quoted(resource.scopes.names(decision.required));
        data += R"(,"missing_scopes":)" + array_of_scopes(resource.scopes.names(decision.missing));
    }
    if (why.is(TransportError::unsupported_version)) {
        data += R"(,"supported":[)" + resource.revisions.names(",", "\"");
        data += R"(],"requested":)" + quoted(requested_version(request, message));
    }
    return data + '}';
}

// The scopes of a 401: what the operator says, and what this very operation needs where that is known (SPEC 4).
oauth::ScopeSet scopes_to_ask_for(const Resource& resource, const Decision& decision) {
    oauth::ScopeSet scopes = resource.challenge_scopes.value_or(resource.policy.general_scopes());
    scopes |= decision.required;
    return scopes;
}

}  // namespace

std::string challenge(const Resource& resource, const Decision& decision, std::string_view decision_id) {
    const Reason& why = decision.reason;
    const bool names_bearer = why.http_status == 401 || !why.oauth_error.empty();
    if (!names_bearer) return {};
    const bool is_scope = why.is(oauth::Error::scope_insufficient);
    const std::string scopes =
        resource.scopes.names(is_scope ? decision.required : scopes_to_ask_for(resource, decision));
    std::string header = "Bearer ";
    append_parameter(header, "error", why.oauth_error);
    if (is_scope) {
        append_parameter(header, "scope", scopes);
        append_parameter(header, "resource_metadata", resource.metadata_uri);
        return header;
    }
    if (!why.oauth_error.empty())
        append_parameter(header, "error_description", with_id(std::string(why.text), decision_id));
    append_parameter(header, "resource_metadata", resource.metadata_uri);
    append_parameter(header, "scope", scopes);
    return header;
}

std::string refusal_body(const Resource& resource, const Decision& decision, const Request& request,
                         const Message* message, std::string_view decision_id, std::chrono::seconds retry_after) {
    const Reason& why = decision.reason;
    const auto quoted = oauth::json::quoted;
    const std::string text = sentence(resource, decision, retry_after);
    if (request.http_method != "POST") {
        const std::string_view code = why.oauth_error.empty() ? why.name : why.oauth_error;
        return R"({"error":)" + quoted(code) + R"(,"error_description":)" + quoted(text) + '}';
    }
    return R"({"jsonrpc":"2.0","id":)" + (message != nullptr ? message->id() : "null") + R"(,"error":{"code":)" +
           std::to_string(code_in_answer(why)) + R"(,"message":)" + quoted(with_id(text, decision_id)) + R"(,"data":)" +
           data_of(resource, decision, request, message, decision_id, retry_after) + "}}";
}

}  // namespace mcp
