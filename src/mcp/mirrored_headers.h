// Headers that repeat what the body says (MCP 2026-07-28 Streamable HTTP): decoding, and the rule that both must agree.
#pragma once

#include <expected>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "mcp/jsonrpc.h"
#include "mcp/reason.h"

namespace mcp {

// All values of each header of one request: a header that occurs twice has two.
struct MirroredHeaders {
    std::span<const std::string_view> protocol_version{};
    std::span<const std::string_view> method{};
    std::span<const std::string_view> name{};
};

// Undoes "=?base64?...?=" (markers are case-sensitive). nullopt: broken base64, or not UTF-8. Other values stay as they
// are, unless a byte is not printable ASCII: nullopt.
std::optional<std::string> decode_header_value(std::string_view value);

// SPEC 29-37. With `obliged` (a modern version), Mcp-Method and, where target_of() says so, Mcp-Name must be there.
// A header that is there must be alone and agree with the body in every version: another party may act on it.
std::expected<void, TransportError> check_agreement(const MirroredHeaders& headers, const Message& message,
                                                    bool obliged);

}  // namespace mcp
