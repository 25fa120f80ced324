// JSON-RPC messages that arrive in pieces of any size. Only the members that are asked for are kept, so that an answer
// of a gigabyte takes no more memory than one of a hundred bytes. What is not JSON (RFC 8259, in UTF-8) is found out;
// nothing is refused.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "mcp/member_names.h"

namespace mcp {

// A member that is asked for.
struct WantedMember {
    KnownName name;
    std::uint8_t place;                      // in the message's values
    std::span<const WantedMember> inside{};  // of an object: members of it that are asked for, too
    std::size_t longest = 0;                 // of a text or number, in bytes; longer: too_long
};

struct FoundValue {
    enum class Kind : std::uint8_t {
        absent,
        null,
        no,
        yes,
        number,
        text,
        structure,  // an array or object
        too_long,
    };
    Kind kind = Kind::absent;
    bool is_ambiguous = false;  // another member may be taken for it: it came twice, or is spelled alike
                                // (member_names.h). Then nothing is said of kind and text.
    std::string_view text{};    // of a number, as it was written; of a text, decoded

    bool is_present() const noexcept { return kind != Kind::absent && kind != Kind::null; }
};

// A message, or what stands where one should. Valid while it is told.
struct FoundMessage {
    std::span<const FoundValue> values;
    // False: no object, or it has members of which nobody can say whether they are those that are asked for.
    bool is_clear;
};

class MessageStream {
public:
    static constexpr std::size_t max_depth = 128;
    static constexpr std::size_t max_values = 13;
    static constexpr std::size_t longest_key = 256;  // a longer one next to a wanted member makes the message unclear

    // Is told every message when it ends, those of a batch in turn. May throw.
    using Told = std::function<void(const FoundMessage&)>;

    // `wanted` must live as long. Throws std::bad_alloc, as do the others.
    MessageStream(std::span<const WantedMember> wanted, Told told);
    ~MessageStream();
    MessageStream(MessageStream&&) noexcept;
    MessageStream& operator=(MessageStream&&) noexcept;
    MessageStream(const MessageStream&) = delete;
    MessageStream& operator=(const MessageStream&) = delete;

    // The next piece of the document. What comes after a mistake is not looked at.
    void add(std::string_view piece);
    bool is_broken() const noexcept;
    // One JSON value has ended, and nothing but spaces came after it.
    bool is_complete() const noexcept;
    // The document is an array of messages.
    bool is_batch() const noexcept;
    // Begins the next document.
    void restart();

private:
    struct Parser;
    std::unique_ptr<Parser> parser_;
};

}  // namespace mcp
