// The envelope of JSON-RPC messages as MCP sends them: what operation a request body asks for. Arguments are not looked
// at.
#pragma once

#include <cstddef>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mcp/reason.h"
#include "oauth/base/json.h"

namespace mcp {

// Views into the Message that made it.
struct Operation {
    std::string_view method;                       // empty for a response, which asks for nothing
    std::optional<std::string_view> name;          // tool or prompt name, resource URI; by method
    std::optional<std::string_view> meta_version;  // params._meta["io.modelcontextprotocol/protocolVersion"]
};

// Methods whose operation has a name, and the member of params that holds it ("name" or "uri"); else empty.
std::string_view name_member(std::string_view method) noexcept;

class Message {
public:
    static constexpr std::size_t max_depth = 128;
    static constexpr std::size_t max_batch = 64;

    // Errors: body_not_json, body_not_jsonrpc, body_name_missing. Member names are unique at every level, so that this
    // reader and the backend's cannot disagree.
    static std::expected<Message, TransportError> parse(std::string_view body) noexcept;

    const std::vector<Operation>& operations() const noexcept { return operations_; }
    bool is_batch() const noexcept { return document_.root().kind() == oauth::json::Kind::array; }

    // The id as JSON text, "null" for a batch or where there is none that may be repeated.
    std::string id() const;

private:
    explicit Message(oauth::json::Document document) noexcept : document_(std::move(document)) {}
    oauth::json::Document document_;
    std::vector<Operation> operations_;
};

}  // namespace mcp
