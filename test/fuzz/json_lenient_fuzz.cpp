// The tolerant pass makes no invalid JSON valid, and loses no valid JSON: a small reader of RFC 8259's grammar, which
// shares nothing with the parser, is the judge.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/text.h"
#include "oauth/json/json.h"
#include "oauth/json/json_lenient.h"

namespace json = oauth::json;

namespace {

void require(bool condition) {
    if (!condition) std::abort();
}

class Grammar {
public:
    explicit Grammar(std::string_view text) : rest_(text) {}
    bool accepts() {
        if (!value(json::Limits{}.max_depth)) return false;
        space();
        return rest_.empty();
    }

private:
    bool take(std::string_view word) {
        if (!rest_.starts_with(word)) return false;
        rest_.remove_prefix(word.size());
        return true;
    }
    bool take_one_of(std::string_view set) {
        if (rest_.empty() || !set.contains(rest_.front())) return false;
        rest_.remove_prefix(1);
        return true;
    }
    bool take_all_of(std::string_view set) {
        bool any = false;
        while (take_one_of(set))
            any = true;
        return any;
    }
    void space() { take_all_of(" \t\n\r"); }
    bool digits() { return take_all_of("0123456789"); }
    bool number() {
        take("-");
        if (!take("0") && !digits()) return false;
        if (take(".") && !digits()) return false;
        if (!take_one_of("eE")) return true;
        take_one_of("+-");
        return digits();
    }
    bool escape() {
        if (!take("u")) return take_one_of("\"\\/bfnrt");
        for (int i = 0; i < 4; i++)
            if (!take_one_of("0123456789abcdefABCDEF")) return false;
        return true;
    }
    bool string() {
        if (!take("\"")) return false;
        while (!rest_.empty() && !rest_.starts_with('"')) {
            if (static_cast<unsigned char>(rest_.front()) < 0x20) return false;
            const bool escapes = rest_.starts_with('\\');
            rest_.remove_prefix(1);
            if (escapes && !escape()) return false;
        }
        return take("\"");
    }
    bool member(std::size_t depth) {
        space();
        if (!string()) return false;
        space();
        return take(":") && value(depth);
    }
    template <class Item>
    bool list(std::string_view end, Item item) {
        space();
        if (take(end)) return true;
        do {
            if (!item()) return false;
            space();
        } while (take(","));
        return take(end);
    }
    bool value(std::size_t depth) {
        space();
        if (rest_.starts_with('"')) return string();
        if (take("{")) return depth > 0 && list("}", [&] { return member(depth - 1); });
        if (take("[")) return depth > 0 && list("]", [&] { return value(depth - 1); });
        return take("true") || take("false") || take("null") || number();
    }

    std::string_view rest_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const bool is_valid = base::is_utf8(text) && Grammar(text).accepts();
    const auto strict = json::Document::parse(text);
    require(!strict || is_valid);

    const auto mended = json::without_unreadable_values(text);
    require(!mended || mended->size() == size);
    const auto lenient = json::Document::parse(mended ? *mended : text);
    require(!lenient || is_valid);
    require(!strict || lenient);
    if (is_valid && !lenient)  // names that stand twice, or that hold half a surrogate pair
        require(lenient.error() == oauth::Error::document_duplicate_member || text.contains("\\u"));

    // Numbers beyond 64 bits: nothing else is read, and nothing is read otherwise.
    const auto kept = json::Document::parse(text, {.keep_large_numbers = true});
    require(!strict || (kept && kept->root() == strict->root()));
    require(!kept || (is_valid && lenient && kept->root().to_json().size() <= 32 * size));
    require(!kept || kept->root().holds_large_number() == !strict);
    if (lenient && !kept) require(text.contains("\\u"));
    return 0;
}
