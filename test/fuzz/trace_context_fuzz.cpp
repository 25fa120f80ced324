// Trace contexts of strangers: what is accepted can be written, and is read again as the same; what is handed on holds
// nothing that ends a header.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/text.h"
#include "mcp/trace_context.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    if (const auto context = mcp::parse_traceparent(text)) {
        const auto again = mcp::parse_traceparent(mcp::traceparent(*context));
        if (!again || again->trace_id != context->trace_id || again->span_id != context->span_id ||
            again->is_sampled != context->is_sampled)
            std::abort();
        if (!mcp::traceparent(*context).starts_with("00-") ||
            text.substr(3, 50) != mcp::traceparent(*context).substr(3, 50))
            std::abort();
    }
    if (mcp::is_trace_state(text) && (text.size() > mcp::longest_trace_state || !base::is_utf8(text))) std::abort();
    // A tab may stand between members, and no other control character.
    if (mcp::is_trace_state(text))
        for (const char c : text)
            if ((c < ' ' && c != '\t') || c > '~') std::abort();
    return 0;
}
