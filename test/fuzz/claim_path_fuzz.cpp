// Paths into claims, in all syntaxes: whatever they say, they find a value of the document or none, and what is found
// makes header text that is printable ASCII.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "oauth/claim_path.h"
#include "oauth/claim_text.h"

namespace {

void require(bool condition) {
    if (!condition) std::abort();
}

const oauth::json::Document& claims() {
    static const auto document = oauth::json::Document::parse(
        R"({"a":{"b":[1,{"c d":"x,y "}]},"groups":[{"name":"\u00e9"},"b"],"a.b":true,"":{"":null},"\"":"\n"})");
    return *document;
}

void check(const std::expected<oauth::ClaimPath, std::string>& path) {
    if (!path) {
        require(!path.error().empty());
        return;
    }
    const auto value = path->find(claims().root());
    const auto text = value ? oauth::claim_header_text(*value) : std::nullopt;
    if (!text) return;
    require(std::ranges::all_of(*text, [](char c) { return c >= ' ' && c < '\x7F'; }));
    require(!text->starts_with(' ') && !text->ends_with(' '));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    check(oauth::ClaimPath::parse(text));
    check(oauth::ClaimPath::parse_nested(text, {}));
    check(oauth::ClaimPath::parse_nested(text, {.delimiter = "::", .quote = "'"}));
    return 0;
}
