// Four parts, a line each: MCP-Protocol-Version, Mcp-Method, Mcp-Name (not sent when empty), and the body. Headers that
// agree say what the body says.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <string_view>

#include "base/text.h"
#include "mcp/mirrored_headers.h"

namespace {

void require(bool condition) {
    if (!condition) std::abort();
}

std::string_view take_line(std::string_view& text) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    return line;
}

std::span<const std::string_view> header(const std::string_view& value) {
    return {&value, value.empty() ? 0U : 1U};
}

void check_decoding(std::string_view value) {
    const auto decoded = mcp::decode_header_value(value);
    if (!decoded) return;
    require(base::is_utf8(*decoded));
    require(value.starts_with("=?base64?") || *decoded == value);
}

void check(const mcp::MirroredHeaders& headers, const mcp::Message& message) {
    const bool strictly = mcp::check_agreement(headers, message, true).has_value();
    const bool at_all = mcp::check_agreement(headers, message, false).has_value();
    require(!strictly || at_all);  // an obligation can only take away
    if (!at_all || message.is_batch()) return;
    const mcp::Operation& operation = message.operations().front();
    if (!headers.method.empty()) require(mcp::decode_header_value(headers.method.front()) == operation.method);
    if (!headers.name.empty()) require(mcp::decode_header_value(headers.name.front()) == operation.addressed());
    const mcp::Target* target = mcp::target_of(operation.method);
    if (strictly && target != nullptr && target->header_required) require(!headers.name.empty());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::string_view rest(reinterpret_cast<const char*>(data), size);
    const std::string_view version = take_line(rest);
    const std::string_view method = take_line(rest);
    const std::string_view name = take_line(rest);
    for (const std::string_view value : {version, method, name})
        check_decoding(value);
    const auto message = mcp::Message::parse(rest);
    if (message) check({header(version), header(method), header(name)}, *message);
    return 0;
}
