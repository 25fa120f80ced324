#include "oauth/json/json.h"

#include <openssl/crypto.h>

#include <algorithm>
#include <cstring>
#include <new>
#include <span>
#include <utility>

#include "base/base64url.h"
#include "oauth/json/json_element.h"
#include "oauth/json/json_lenient.h"

namespace oauth::json {
namespace {

constexpr std::size_t largest_text = std::size_t{16} * 1024 * 1024;  // the library counts members in 24 bits
constexpr std::size_t deepest_nesting = 256;                         // what recursion may use of the stack
constexpr std::size_t kept_capacity = std::size_t{16} * 1024;        // a worker keeps room for a token or a response
constexpr std::size_t few_members = 16;                              // up to here comparing all pairs beats sorting

// --- Parsing --------------------------------------------------------------------------------------------------------

// What the library does not check: the exact depth, and that member names are unique (RFC 7515 section 4, RFC 7519
// section 4). Names are compared after unescaping. On the way it finds where the last string ends.
class Inspector {
public:
    std::optional<Error> inspect(dom::element element, std::size_t levels_left) {
        if (element.is_string()) return note(known<std::string_view>(element));
        if (element.is_object()) return inspect_object(known<dom::object>(element), levels_left);
        if (element.is_array()) return inspect_array(known<dom::array>(element), levels_left);
        return std::nullopt;
    }
    // One past the terminating zero of the last string; null without strings.
    const char* end_of_strings() const noexcept { return end_of_strings_; }

private:
    std::optional<Error> note(std::string_view text) noexcept {
        end_of_strings_ = text.data() + text.size() + 1;
        return std::nullopt;
    }

    std::optional<Error> inspect_array(dom::array array, std::size_t levels_left) {
        if (levels_left == 0) return Error::document_too_deep;
        for (const dom::element element : array)
            if (const auto error = inspect(element, levels_left - 1)) return error;
        return std::nullopt;
    }

    std::optional<Error> inspect_object(dom::object object, std::size_t levels_left) {
        if (levels_left == 0) return Error::document_too_deep;
        if (object.size() <= few_members ? any_pair_equal(object) : any_neighbours_equal(object))
            return Error::document_duplicate_member;
        for (const auto [name, value] : object) {
            note(name);
            if (const auto error = inspect(value, levels_left - 1)) return error;
        }
        return std::nullopt;
    }

    static bool any_pair_equal(dom::object object) noexcept {
        std::array<std::string_view, few_members> names;
        auto end = names.begin();
        for (const auto [name, value] : object) {
            if (std::find(names.begin(), end, name) != end) return true;
            *end++ = name;
        }
        return false;
    }

    static bool any_neighbours_equal(dom::object object) {
        const auto members = sorted_members(object);
        return std::ranges::adjacent_find(members, {}, &dom::key_value_pair::key) != members.end();
    }

    const char* end_of_strings_ = nullptr;
};

// A document in buffers of exactly its size: the library's own are ten times the text.
struct CompactDocument {
    KeptDocument document;
    std::size_t heap_bytes = 0;
    std::size_t string_bytes = 0;

    bool copy(const dom::document& source, std::size_t bytes_of_strings) noexcept {
        const std::size_t words = source.tape[0] & simdjson::internal::JSON_VALUE_MASK;  // the root says where it ends
        document.tape.reset(new (std::nothrow) std::uint64_t[words]);
        document.string_buf.reset(new (std::nothrow) std::uint8_t[bytes_of_strings]);
        if (!document.tape || !document.string_buf) return false;
        std::memcpy(document.tape.get(), source.tape.get(), words * sizeof(std::uint64_t));
        std::memcpy(document.string_buf.get(), source.string_buf.get(), bytes_of_strings);
        string_bytes = bytes_of_strings;
        heap_bytes = words * sizeof(std::uint64_t) + string_bytes;
        return true;
    }

    // `strings`: which strings of the document, in its order, are large numbers.
    void mark_large_numbers(std::span<const std::size_t> strings) noexcept {
        document.has_large_numbers = !strings.empty();
        const std::size_t words = document.tape[0] & simdjson::internal::JSON_VALUE_MASK;
        std::size_t string = 0;
        for (std::size_t i = 1; i < words && !strings.empty(); ++i) {
            const auto type = static_cast<char>(document.tape[i] >> type_shift);
            if (type == 'l' || type == 'u' || type == 'd') ++i;  // the number itself has a word of its own
            if (type != '"' || string++ != strings.front()) continue;
            document.tape[i] = (document.tape[i] & simdjson::internal::JSON_VALUE_MASK) |
                               static_cast<std::uint64_t>(large_number_type) << type_shift;
            strings = strings.subspan(1);
        }
    }
};

// Newer versions of the library have an error of its own for an integer beyond 64 bits.
template <class Code>
constexpr bool is_large_integer(Code code) noexcept {
    if constexpr (requires { Code::BIGINT_ERROR; }) return code == Code::BIGINT_ERROR;
    return false;
}

// Why the library refuses a text: it tells neither a number that is too large from one that is none, nor half of a
// surrogate pair from another wrong escape.
Error refusal_of(simdjson::error_code code, std::string_view text) {
    if (is_large_integer(code)) return refusal_of_number(text);
    switch (code) {
        case simdjson::MEMALLOC:
            return Error::out_of_memory;
        case simdjson::UTF8_ERROR:
            return Error::document_not_utf8;
        case simdjson::DEPTH_ERROR:
            return Error::document_too_deep;
        case simdjson::NUMBER_ERROR:
            return refusal_of_number(text);
        case simdjson::STRING_ERROR:
            return refusal_of_string(text);
        default:
            return Error::document_not_json;
    }
}

// The library's parser with the buffers it works in. They are larger than the result and are used again.
class Workspace {
public:
    Workspace() = default;
    Workspace(const Workspace&) = delete;
    Workspace& operator=(const Workspace&) = delete;
    ~Workspace() {
        if (wipe_at_end_) wipe();
    }
    void wipe_at_end() noexcept { wipe_at_end_ = true; }

    // Room for `size` bytes of text. False: no memory.
    bool reserve(std::size_t size) noexcept {
        if (capacity_ < size) {
            capacity_ = 0;
            text_.reset(new (std::nothrow) unsigned char[size + simdjson::SIMDJSON_PADDING]);
            if (!text_ || scratch_.allocate(size) != simdjson::SUCCESS) return false;
            capacity_ = size;
        }
        return parser_.allocate(capacity_, deepest_nesting + 2) == simdjson::SUCCESS;
    }

    std::span<unsigned char> text() noexcept { return {text_.get(), capacity_}; }

    std::optional<Error> parse(std::size_t size, std::size_t max_depth, CompactDocument& result) {
        constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";  // newer library versions skip it
        if (std::string_view(reinterpret_cast<const char*>(text_.get()), size).starts_with(byte_order_mark))
            return Error::document_not_json;
        std::memset(text_.get() + size, ' ', simdjson::SIMDJSON_PADDING);

        dom::element root;
        const auto parsed = parser_.parse_into_document(scratch_, text_.get(), size, false).get(root);
        if (parsed != simdjson::SUCCESS) return refusal_of(parsed, {reinterpret_cast<const char*>(text_.get()), size});

        Inspector inspector;
        if (const auto error = inspector.inspect(root, max_depth)) return error;
        const char* strings = reinterpret_cast<const char*>(scratch_.string_buf.get());
        const char* end = inspector.end_of_strings();
        if (!result.copy(scratch_, end ? static_cast<std::size_t>(end - strings) : 0)) return Error::out_of_memory;
        return std::nullopt;
    }

private:
    void wipe() noexcept {
        if (capacity_ == 0) return;
        OPENSSL_cleanse(text_.get(), capacity_ + simdjson::SIMDJSON_PADDING);
        OPENSSL_cleanse(scratch_.string_buf.get(),
                        5 * capacity_ / 3 + simdjson::SIMDJSON_PADDING);  // as document::allocate() does
    }

    dom::parser parser_;
    dom::document scratch_;
    std::unique_ptr<unsigned char[]> text_;
    std::size_t capacity_ = 0;
    bool wipe_at_end_ = false;
};

Workspace& kept_workspace() noexcept {
    thread_local Workspace workspace;
    return workspace;
}

}  // namespace

struct Document::Storage : CompactDocument {
    explicit Storage(bool is_secret) noexcept : wipe(is_secret) {}
    Storage(const Storage&) = delete;
    Storage& operator=(const Storage&) = delete;
    ~Storage() {
        if (wipe && document.string_buf) OPENSSL_cleanse(document.string_buf.get(), string_bytes);
    }

    bool wipe;
};

// `fill` puts `size` bytes of text into the span it is given; false: they are not base64url.
template <class Fill>
std::expected<Document, Error> Document::parse_with(std::size_t size, const Limits& limits, Fill fill) noexcept try {
    if (size > std::min(limits.max_bytes, largest_text)) return std::unexpected(Error::document_too_large);
    const auto parse_in = [&](Workspace& workspace, std::size_t capacity) -> std::expected<Document, Error> {
        if (!workspace.reserve(capacity)) return std::unexpected(Error::out_of_memory);
        if (!fill(workspace.text())) return std::unexpected(Error::token_not_base64url);
        auto storage = std::make_unique<Storage>(limits.wipe);
        const auto error = workspace.parse(size, std::min(limits.max_depth, deepest_nesting), *storage);
        if (error == Error::document_number_too_large && limits.keep_large_numbers)
            return parse_large_numbers({reinterpret_cast<const char*>(workspace.text().data()), size}, limits);
        if (error) return std::unexpected(*error);
        return Document(std::move(storage));
    };
    if (size <= kept_capacity && !limits.wipe) return parse_in(kept_workspace(), kept_capacity);
    Workspace workspace;
    if (limits.wipe) workspace.wipe_at_end();
    return parse_in(workspace, size);
} catch (const std::bad_alloc&) {
    return std::unexpected(Error::out_of_memory);
}

// The second reading, of a text that has such numbers.
std::expected<Document, Error> Document::parse_large_numbers(std::string_view text, const Limits& limits) {
    const auto quoted = with_large_numbers_in_quotes(text);
    auto document = parse(quoted.text, {.max_bytes = quoted.text.size(), .max_depth = limits.max_depth});
    if (document) document->storage_->mark_large_numbers(quoted.strings);
    return document;
}

std::expected<Document, Error> Document::parse(std::string_view text, const Limits& limits) noexcept {
    return parse_with(text.size(), limits, [&](std::span<unsigned char> buffer) {
        if (!text.empty()) std::memcpy(buffer.data(), text.data(), text.size());
        return true;
    });
}

std::expected<Document, Error> Document::parse_base64url(std::string_view encoded, const Limits& limits) noexcept {
    const auto size = base::base64url::decoded_size(encoded.size());
    if (!size) return std::unexpected(Error::token_not_base64url);
    return parse_with(*size, limits, [&](std::span<unsigned char> buffer) {
        return base::base64url::decode(encoded, buffer).has_value();
    });
}

Document::Document(std::unique_ptr<Storage> storage) noexcept : storage_(std::move(storage)) {}
Document::Document(Document&&) noexcept = default;
Document& Document::operator=(Document&&) noexcept = default;
Document::~Document() = default;

Value Document::root() const noexcept {
    return Handle::value(storage_->document.root());
}

std::size_t Document::memory_bytes() const noexcept {
    return sizeof(Storage) + storage_->heap_bytes;
}

}  // namespace oauth::json
