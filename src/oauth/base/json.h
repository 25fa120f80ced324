// JSON (RFC 8259) from hostile input: size and depth limits, valid UTF-8, unique member names at every level, numbers
// within 64 bits. The only file that knows the JSON library is json.cpp.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "oauth/error.h"

namespace oauth::json {

struct Limits {
    std::size_t max_bytes = std::size_t{64} * 1024;
    std::size_t max_depth = 32;
};

enum class Kind : std::uint8_t {
    null,
    boolean,
    integer,
    real,
    string,
    array,
    object
};

// A view of one value inside a Document; valid as long as that document lives (moving the document keeps it valid).
class Value {
public:
    Kind kind() const noexcept;

    std::optional<bool> boolean() const noexcept;
    std::optional<std::int64_t> integer() const noexcept;  // only JSON integers that fit; 1.0 is a real
    std::optional<double> number() const noexcept;         // integer or real
    std::optional<std::string_view> string() const noexcept;

    std::optional<Value> member(std::string_view name) const noexcept;  // of an object; else nullopt
    std::optional<Value> element(std::size_t index) const noexcept;     // of an array; else nullopt
    std::size_t size() const noexcept;                                  // members or elements; 0 for a scalar

    // Visits members of an object (or elements of an array) in document order until `visit` returns false.
    void each_member(const std::function<bool(std::string_view name, Value)>& visit) const;
    void each_element(const std::function<bool(Value)>& visit) const;

    // Compact JSON text. Control characters are escaped, so that it is safe in a header or a log line.
    std::string to_json() const;

    // Deep equality. Member order does not count; an integer never equals a real.
    friend bool operator==(const Value& a, const Value& b);

private:
    friend class Document;
    std::array<std::uint64_t, 2> raw_{};  // the library's handle, see json.cpp
};

// An immutable parsed document that owns all its text. Movable; a moved-from document may only be destroyed.
class Document {
public:
    // Errors: document_too_large, document_not_json, document_duplicate_member, out_of_memory.
    static std::expected<Document, Error> parse(std::string_view text, const Limits& limits = {}) noexcept;

    // Decodes base64url, then parses. Errors as above, and token_not_base64url.
    static std::expected<Document, Error> parse_base64url(std::string_view encoded, const Limits& limits = {}) noexcept;

    Document(Document&&) noexcept;
    Document& operator=(Document&&) noexcept;
    Document(const Document&) = delete;
    Document& operator=(const Document&) = delete;
    ~Document();

    Value root() const noexcept;
    std::size_t memory_bytes() const noexcept;  // what it holds, for cache accounting

private:
    struct Storage;
    explicit Document(std::unique_ptr<Storage> storage) noexcept;
    std::unique_ptr<Storage> storage_;
};

}  // namespace oauth::json
