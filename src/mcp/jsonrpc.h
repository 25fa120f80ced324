// The envelope of JSON-RPC messages as MCP sends them: what operation a request body asks for. Arguments are not looked
// at. What two readers could take for different operations is refused.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "mcp/reason.h"
#include "oauth/json/json.h"

namespace mcp {

// Views into the Message that made it.
struct Operation {
    std::string_view method{};                       // empty for a response, which asks for nothing
    std::optional<std::string_view> name{};          // tool or prompt name, resource URI; by method
    std::optional<std::string_view> meta_version{};  // params._meta["io.modelcontextprotocol/protocolVersion"]
    std::optional<std::string_view> task_id{};       // of tasks/get and the like; no name that a rule could match
    // Of params._meta, as they came: nobody has looked at them (SEP-414).
    std::optional<std::string_view> traceparent{}, tracestate{};

    // What Mcp-Name repeats.
    std::optional<std::string_view> addressed() const noexcept { return task_id ? task_id : name; }
};

enum class Addressed : std::uint8_t {
    name,
    uri,
    task,
};

// A method that addresses something, and how.
struct Target {
    std::string_view method;
    Addressed kind;
    bool header_required;  // Mcp-Name must be there (MCP 2026-07-28, SEP-2243 and SEP-2663)
};

std::span<const Target> targets() noexcept;

// nullptr for other methods.
const Target* target_of(std::string_view method) noexcept;

class Message {
public:
    static constexpr std::size_t max_depth = 128;
    static constexpr std::size_t max_batch = 64;
    static constexpr std::size_t max_subscriptions = 256;

    // Errors: body_not_json, body_not_jsonrpc, body_name_missing, body_ambiguous, body_unavailable (no memory). Member
    // names are unique at every level; those of the message, its params and _meta under any reader's folding. Numbers
    // beyond 64 bits and lone surrogates pass where they decide nothing.
    static std::expected<Message, TransportError> parse(std::string_view body) noexcept;

    // Of each message in turn; behind subscriptions/listen, one "resources/subscribe" for each resource that it names
    // and one "tasks/get" for each task.
    const std::vector<Operation>& operations() const noexcept { return operations_; }
    oauth::json::Value root() const noexcept { return document_.root(); }
    bool is_batch() const noexcept { return document_.root().kind() == oauth::json::Kind::array; }

    // The id of a request as JSON text. "null" for anything else (JSON-RPC 2.0 section 5): a batch, a notification, a
    // response, whose id is one that the server gave, or an id that cannot be repeated.
    std::string id() const;

    // The version that an "initialize" of its own proposes, empty when it says none; nullopt for any other message.
    std::optional<std::string_view> proposed_version() const;

private:
    explicit Message(oauth::json::Document document) noexcept : document_(std::move(document)) {}
    static std::expected<Message, TransportError> read(std::string_view body);
    std::expected<void, TransportError> add(const oauth::json::Value& entry);

    oauth::json::Document document_;
    bool is_mended_ = false;  // the document is not quite the body: json_lenient.h
    std::vector<Operation> operations_;
};

}  // namespace mcp
