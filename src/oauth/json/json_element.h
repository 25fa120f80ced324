// What stands behind a Value: an element of the JSON library. Only for json.cpp and json_value.cpp, since whoever
// includes the library is compiled for seconds.
#pragma once

#define SIMDJSON_EXCEPTIONS 0
#include <simdjson.h>

#include <algorithm>
#include <bit>
#include <type_traits>
#include <vector>

#include "oauth/json/json.h"

namespace oauth::json {

namespace dom = simdjson::dom;

// The library's document of a Document, and what we know of it.
struct KeptDocument : dom::document {
    bool has_large_numbers = false;
};

// A Value is the library's element, of which callers need not see the type.
struct Handle {
    static_assert(std::is_trivially_copyable_v<dom::element> && sizeof(dom::element) == sizeof(Value::RawHandle));

    static dom::element element(const Value& value) noexcept { return std::bit_cast<dom::element>(value.raw_); }
    // Every Value is of a Document.
    static const KeptDocument& document(const Value& value) noexcept {
        return static_cast<const KeptDocument&>(*position(value).document);
    }
    static std::uint64_t word(const Value& value) noexcept { return document(value).tape[position(value).word]; }
    static Value value(dom::element element) noexcept { return Value(std::bit_cast<Value::RawHandle>(element)); }

private:
    struct Position {
        const dom::document* document;
        std::size_t word;  // of its tape
    };
    static Position position(const Value& value) noexcept { return std::bit_cast<Position>(value.raw_); }
};

// The tape has a word for each value: its type, and for a string where it stands. We give it one type more. Newer
// versions of the library have a type for large numbers as well, under this very letter and likewise with a string.
constexpr unsigned type_shift = 56;
constexpr auto large_number_type = static_cast<dom::element_type>('Z');

// The value of an element whose type was looked at.
template <class T>
T known(dom::element element) noexcept {
    T value{};
    [[maybe_unused]] const auto error = element.get(value);
    return value;
}

inline std::vector<dom::key_value_pair> sorted_members(dom::object object) {
    std::vector<dom::key_value_pair> members;
    members.reserve(object.size());
    for (const dom::key_value_pair member : object)
        members.push_back(member);
    std::ranges::sort(members, {}, &dom::key_value_pair::key);
    return members;
}

}  // namespace oauth::json
