// Whatever a server sends, and in whatever pieces: bounded replies or an error, the same ones.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "ngx/redis_reply.h"

namespace {

std::size_t count(const ngx::RedisReply& reply, std::size_t depth) {
    if (depth > ngx::RedisParser::deepest + 1) abort();
    std::size_t values = 1;
    for (const ngx::RedisReply& element : reply.elements)
        values += count(element, depth + 1);
    return values;
}

// The replies as far as they go; the last value: whether it ended in an error.
std::vector<std::size_t> parse(std::string_view bytes, std::size_t piece) {
    ngx::RedisParser parser;
    std::vector<std::size_t> counts;
    for (std::size_t at = 0; at < bytes.size(); at += piece) {
        parser.feed(bytes.substr(at, piece));
        for (;;) {
            const auto reply = parser.next();
            if (!reply) return counts;
            if (!*reply) break;
            counts.push_back(count(**reply, 1));
            if (counts.back() > ngx::RedisParser::most_values) abort();
        }
    }
    return counts;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size > std::size_t{16} * 1024) return 0;
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    if (parse(bytes, bytes.size() + 1) != parse(bytes, 7)) abort();
    return 0;
}
