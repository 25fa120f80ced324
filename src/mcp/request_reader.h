// What a request body asks for, read while it passes, to be reported: nothing is decided by it.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "mcp/jsonrpc.h"
#include "mcp/message_stream.h"
#include "mcp/observation.h"

namespace mcp {

inline constexpr std::size_t longest_observed_id = 128;  // as JSON text; a longer one is "null"
inline constexpr std::size_t longest_observed_name =
    std::size_t{8} * 1024;                                       // of a method, too; with a longer one, all is unknown
inline constexpr std::size_t longest_observed_traceparent = 64;  // W3C Trace Context: 55 in version 00
inline constexpr std::size_t longest_observed_revision = 64;

// All that a body asks for.
struct AskedOperations {
    std::vector<ObservedOperation> operations{};  // without those that are responses, which ask for nothing
    bool is_batch = false;
    std::string revision{};  // of MCP, as the first message says it that does; else empty
};

// Pieces of any size, memory within the limits above. Throws std::bad_alloc.
class RequestReader {
public:
    RequestReader();
    RequestReader(const RequestReader&) = delete;
    RequestReader& operator=(const RequestReader&) = delete;
    ~RequestReader() = default;
    void add(std::string_view piece);

    // nullopt: what it asks for is not known. The body has not ended, is no JSON-RPC, has more than Message::max_batch
    // messages, or two readers could take it for different operations.
    AskedOperations* asked() noexcept;

private:
    void take(const FoundMessage& message);
    void add_operation(std::span<const FoundValue> values);

    AskedOperations asked_;
    std::size_t messages_ = 0;
    bool is_known_ = true;
    MessageStream stream_;
};

// As JSON text: what tells requests and their answers apart. "null": none that can be repeated; empty: absent.
std::string observed_id(const FoundValue& value);

// The same of a body that was judged.
AskedOperations observed_operations(const Message& message);

}  // namespace mcp
