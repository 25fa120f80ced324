#include "mcp/jsonrpc.h"

#include <new>
#include <utility>

namespace mcp {
namespace {

using oauth::json::Kind;
using oauth::json::Value;

constexpr std::string_view meta_version_member = "io.modelcontextprotocol/protocolVersion";

std::optional<std::string_view> string_member(const Value& object, std::string_view name) noexcept {
    const auto value = object.member(name);
    return value ? value->string() : std::nullopt;
}

bool is_response(const Value& message) noexcept {
    return !message.member("method") && (message.member("result") || message.member("error"));
}

std::expected<Operation, TransportError> read_operation(const Value& message) noexcept {
    if (message.kind() != Kind::object) return std::unexpected(TransportError::body_not_jsonrpc);
    if (string_member(message, "jsonrpc") != "2.0") return std::unexpected(TransportError::body_not_jsonrpc);
    if (is_response(message)) return Operation{};
    const auto method = string_member(message, "method");
    if (!method || method->empty()) return std::unexpected(TransportError::body_not_jsonrpc);

    Operation operation{.method = *method, .name = {}, .meta_version = {}};
    const auto params = message.member("params");
    if (params) {
        // MCP knows named parameters only; anything else would hide the name from us.
        if (params->kind() != Kind::object) return std::unexpected(TransportError::body_not_jsonrpc);
        if (const auto meta = params->member("_meta"))
            operation.meta_version = string_member(*meta, meta_version_member);
    }
    const std::string_view member = name_member(*method);
    if (member.empty()) return operation;
    if (params) operation.name = string_member(*params, member);
    if (!operation.name) return std::unexpected(TransportError::body_name_missing);
    return operation;
}

}  // namespace

std::string_view name_member(std::string_view method) noexcept {
    if (method == "tools/call" || method == "prompts/get") return "name";
    if (method == "resources/read" || method == "resources/subscribe" || method == "resources/unsubscribe")
        return "uri";
    return {};
}

std::expected<Message, TransportError> Message::parse(std::string_view body) noexcept try {
    auto document = oauth::json::Document::parse(body, {.max_bytes = body.size(), .max_depth = max_depth});
    if (!document) return std::unexpected(TransportError::body_not_json);
    Message message(std::move(*document));
    const Value root = message.document_.root();
    if (root.kind() != Kind::array) {
        const auto operation = read_operation(root);
        if (!operation) return std::unexpected(operation.error());
        message.operations_.push_back(*operation);
        return message;
    }
    if (root.size() == 0 || root.size() > max_batch) return std::unexpected(TransportError::body_not_jsonrpc);
    for (std::size_t i = 0; i < root.size(); i++) {
        const auto operation = read_operation(*root.element(i));
        if (!operation) return std::unexpected(operation.error());
        message.operations_.push_back(*operation);
    }
    return message;
} catch (const std::bad_alloc&) {
    return std::unexpected(TransportError::body_not_json);
}

std::string Message::id() const {
    const Value root = document_.root();
    const auto id = root.member("id");
    if (!id || (id->kind() != Kind::string && id->kind() != Kind::integer)) return "null";
    return id->to_json();
}

}  // namespace mcp
