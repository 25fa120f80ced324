// What a request body asks for, read in pieces: every split says the same as the whole, and where a body that is judged
// passes, both readers agree.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/text.h"
#include "mcp/jsonrpc.h"
#include "mcp/request_reader.h"

namespace {

void require(bool condition) {
    if (!condition) std::abort();
}

bool same(const mcp::ObservedOperation& a, const mcp::ObservedOperation& b) {
    return a.method == b.method && a.name == b.name && a.id == b.id && a.traceparent == b.traceparent;
}

void require_same(const mcp::AskedOperations* a, const mcp::AskedOperations* b) {
    require((a == nullptr) == (b == nullptr));
    if (a == nullptr) return;
    require(a->is_batch == b->is_batch && a->revision == b->revision && a->operations.size() == b->operations.size());
    for (std::size_t i = 0; i < a->operations.size(); i++)
        require(same(a->operations[i], b->operations[i]));
}

void check(const mcp::AskedOperations& asked) {
    require(asked.operations.size() <= mcp::Message::max_batch);
    for (const mcp::ObservedOperation& operation : asked.operations) {
        require(!operation.method.empty() && base::is_utf8(operation.method));
        require(operation.method.size() <= base::longest_shown && operation.id.size() <= mcp::longest_observed_id);
        require(!operation.name || (base::is_utf8(*operation.name) && operation.name->size() <= base::longest_shown));
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    constexpr std::size_t most_splits = 300;
    const std::string_view body(reinterpret_cast<const char*>(data), size);
    mcp::RequestReader whole;
    whole.add(body);
    if (whole.asked() != nullptr) check(*whole.asked());

    mcp::RequestReader bytes;
    for (std::size_t i = 0; i < size; i++)
        bytes.add(body.substr(i, 1));
    require_same(whole.asked(), bytes.asked());
    for (std::size_t i = 1; i < size && i < most_splits; i++) {
        mcp::RequestReader split;
        split.add(body.substr(0, i));
        split.add(body.substr(i));
        require_same(whole.asked(), split.asked());
    }

    const auto message = mcp::Message::parse(body);
    if (!message || whole.asked() == nullptr) return 0;
    const mcp::AskedOperations judged = mcp::observed_operations(*message);
    require_same(whole.asked(), &judged);
    return 0;
}
