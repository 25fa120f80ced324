// An event stream that arrives in pieces of any size (HTML Living Standard, section 9.2 "Server-sent events").
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

namespace mcp {

// Holds nothing but the beginning of a field. Throws std::bad_alloc, and what it calls throws.
class EventReader {
public:
    // A piece of an event's data, with the line ends between its "data" fields.
    using Data = std::function<void(std::string_view)>;
    // The event has ended: `is_message` where its type is the one that MCP clients listen to (none, or "message").
    using End = std::function<void(bool is_message)>;

    EventReader(Data data, End end) : data_(std::move(data)), end_(std::move(end)) {}
    void add(std::string_view piece);

private:
    enum class At : std::uint8_t {
        beginning,  // of the stream, where a byte order mark may be
        name,
        space,  // behind the colon
        value,
    };
    enum class Field : std::uint8_t {
        data,
        event,
        other,
    };
    static constexpr std::size_t longest_name = 6;  // longer than any that means something
    static constexpr std::size_t longest_type = 8;

    void take(std::string_view& piece);
    void take_mark(std::string_view& piece);
    void take_name(std::string_view& piece);
    void begin_value();
    void take_value(std::string_view& piece);
    void end_line();
    void end_event();

    Data data_;
    End end_;
    At at_ = At::beginning;
    Field field_ = Field::other;
    std::string name_;  // of the field, or the byte order mark so far
    std::string type_;  // of the event
    bool has_data_ = false;
    bool follows_return_ = false;  // a line feed here belongs to the line end before
};

}  // namespace mcp
