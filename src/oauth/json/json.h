// JSON (RFC 8259) from hostile input: size and depth limits, valid UTF-8, unique member names at every level, numbers
// within 64 bits (larger ones where they are asked for). The only files that know the JSON library are json.cpp and
// json_value.cpp.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "oauth/error.h"

namespace oauth::json {

struct Limits {
    std::size_t max_bytes = std::size_t{64} * 1024;  // never more than 16 MiB
    std::size_t max_depth = 32;                      // arrays and objects inside one another; never more than 256
    // A number beyond 64 bits becomes a value of its own kind, instead of document_number_too_large: for documents of
    // others, which may hold one where nobody looks.
    bool keep_large_numbers = false;
    bool wipe = false;  // the text is secret: no copy outlives the document, and that one is wiped
};

enum class Kind : std::uint8_t {
    null,
    boolean,
    integer,
    real,
    string,
    array,
    object,
    large_number  // of which only the digits are known: it is no number to whoever asks for one
};

// A view of one value inside a Document; valid as long as that document lives (moving the document keeps it valid).
class Value {
public:
    Kind kind() const noexcept;

    std::optional<bool> boolean() const noexcept;
    // True when this is a number beyond 64 bits, or holds one: it cannot be compared with anything.
    bool holds_large_number() const;

    // Only JSON integers that fit: 1.0 is a real, and an integer may be as large as 2^64-1.
    std::optional<std::int64_t> integer() const noexcept;
    std::optional<std::uint64_t> unsigned_integer() const noexcept;
    std::optional<double> number() const noexcept;  // integer or real
    std::optional<std::string_view> string() const noexcept;

    std::optional<Value> member(std::string_view name) const noexcept;  // of an object; else nullopt
    // The same for documents of others, many of which write null for what they do not have: null means absent.
    std::optional<Value> present(std::string_view name) const noexcept;
    std::optional<Value> element(std::size_t index) const noexcept;  // of an array; else nullopt
    std::size_t size() const noexcept;                               // members or elements; 0 for a scalar

    bool is_array_of_strings() const noexcept;  // an empty array is one
    // True for an array of nothing but strings, one of which is `text`.
    bool string_array_contains(std::string_view text) const noexcept;

    // Visits members of an object (or elements of an array) in document order until `visit` returns false. Nothing is
    // visited in a value of another kind. Throws only what `visit` throws.
    template <class Visit>  // bool(std::string_view name, Value)
    void each_member(Visit visit) const {
        visit_members([](void* context, std::string_view name,
                         Value value) -> bool { return (*static_cast<Visit*>(context))(name, value); },
                      &visit);
    }
    template <class Visit>  // bool(Value)
    void each_element(Visit visit) const {
        visit_elements([](void* context, Value value) -> bool { return (*static_cast<Visit*>(context))(value); },
                       &visit);
    }

    // Compact JSON text. Control characters are escaped, so that it is safe in a header or a log line. A large number
    // is written with the digits that came.
    std::string to_json() const;
    std::optional<std::string_view> large_number() const noexcept;  // its digits

    // Deep equality. Member order does not count; an integer never equals a real, and a large number nothing.
    friend bool operator==(const Value& a, const Value& b);

private:
    friend class Document;
    friend struct Handle;  // json.cpp

    using RawHandle = std::array<std::uint64_t, 2>;  // the library's element
    explicit Value(RawHandle raw) noexcept : raw_(raw) {}

    void visit_members(bool (*visit)(void* context, std::string_view name, Value value), void* context) const;
    void visit_elements(bool (*visit)(void* context, Value value), void* context) const;

    RawHandle raw_;
};

// An immutable parsed document that owns all its text. Movable; a moved-from document may only be destroyed.
class Document {
public:
    // Errors: those of the documents' group of Error, and out_of_memory.
    static std::expected<Document, Error> parse(std::string_view text, const Limits& limits = {}) noexcept;

    // Decodes base64url, then parses. Errors as above (max_bytes counts decoded bytes), and token_not_base64url.
    static std::expected<Document, Error> parse_base64url(std::string_view encoded, const Limits& limits = {}) noexcept;

    Document(Document&&) noexcept;
    Document& operator=(Document&&) noexcept;
    Document(const Document&) = delete;
    Document& operator=(const Document&) = delete;
    ~Document();

    Value root() const noexcept;
    std::size_t memory_bytes() const noexcept;  // what it holds on the heap, for cache accounting

private:
    struct Storage;
    explicit Document(std::unique_ptr<Storage> storage) noexcept;
    template <class Fill>
    static std::expected<Document, Error> parse_with(std::size_t size, const Limits& limits, Fill fill) noexcept;
    static std::expected<Document, Error> parse_large_numbers(std::string_view text, const Limits& limits);
    std::unique_ptr<Storage> storage_;
};

}  // namespace oauth::json
