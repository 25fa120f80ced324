// A request body: what a message asks for is text that everybody reads alike, its id is JSON, and what the strict
// parser takes means the same after the tolerant pass.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>

#include "base/text.h"
#include "mcp/jsonrpc.h"
#include "oauth/json/json.h"
#include "oauth/json/json_lenient.h"

namespace json = oauth::json;

namespace {

void require(bool condition) {
    if (!condition) std::abort();
}

void require_clear(const std::optional<std::string_view>& text) {
    if (!text) return;
    require(base::is_utf8(*text) && !base::has_control_characters(*text));
    require(!text->starts_with(' ') && !text->ends_with(' '));
}

void check(const mcp::Message& message) {
    require(!message.operations().empty());
    require(message.is_batch() || message.operations().size() == 1);
    for (const mcp::Operation& operation : message.operations()) {
        const mcp::Target* target = mcp::target_of(operation.method);
        require(operation.addressed().has_value() == (target != nullptr));
        require(operation.task_id.has_value() == (target != nullptr && target->kind == mcp::Addressed::task));
        require_clear(operation.method);
        require_clear(operation.addressed());
        require_clear(operation.meta_version);
    }
    require(json::Document::parse(message.id(), {.max_bytes = std::string::npos}).has_value());
}

bool same(const mcp::Operation& a, const mcp::Operation& b) {
    return a.method == b.method && a.name == b.name && a.task_id == b.task_id && a.meta_version == b.meta_version;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view body(reinterpret_cast<const char*>(data), size);
    const auto message = mcp::Message::parse(body);
    if (message) check(*message);

    const auto mended = json::without_unreadable_values(body);
    if (!mended || !message) return 0;
    const auto again = mcp::Message::parse(*mended);
    require(again && again->operations().size() == message->operations().size());
    for (std::size_t i = 0; i < again->operations().size(); i++)
        require(same(again->operations()[i], message->operations()[i]));
    return 0;
}
