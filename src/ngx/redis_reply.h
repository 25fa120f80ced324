// What a Redis server says (RESP2), from a server that nobody has to trust: everything about a reply is bounded.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ngx {

struct RedisReply {
    enum class Kind : std::uint8_t {
        nil,
        status,
        error,
        text,
        integer,
        array
    };

    Kind kind = Kind::nil;
    std::string text{};        // of a status, an error or a text
    std::int64_t integer = 0;  // of an integer
    std::vector<RedisReply> elements{};

    bool is_error() const noexcept { return kind == Kind::error; }
};

// Bytes in any pieces become replies, by hiredis' reader. After an error it says the same error for ever.
class RedisParser {
public:
    static constexpr std::size_t most_bytes = std::size_t{64} * 1024;  // of one reply
    static constexpr std::size_t most_values = 1024;                   // in one reply, arrays among them
    static constexpr std::size_t deepest = 4;                          // arrays in arrays

    RedisParser();  // throws std::bad_alloc
    RedisParser(const RedisParser&) = delete;
    RedisParser& operator=(const RedisParser&) = delete;
    ~RedisParser();

    void feed(std::string_view bytes) noexcept;
    // Null: there is no whole reply yet. The error is for a message.
    std::expected<std::optional<RedisReply>, std::string_view> next();

private:
    class Reader;
    std::unique_ptr<Reader> reader_;
};

// The first word of an error: "NOAUTH", "ERR".
constexpr std::string_view redis_error_code(std::string_view text) noexcept {
    return text.substr(0, text.find(' '));
}

// The command as it is sent. Throws std::bad_alloc.
std::string redis_command(std::span<const std::string_view> arguments);

}  // namespace ngx
