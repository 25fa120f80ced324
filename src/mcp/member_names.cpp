#include "mcp/member_names.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

#include "oauth/base/ascii.h"

namespace mcp {
namespace {

struct Spelling {
    std::string_view text;
    char letter;
};

constexpr std::array<Spelling, 4> foreign_letters{{
    {.text = "\xC5\xBF", .letter = 's'},      // U+017F
    {.text = "\xE2\x84\xAA", .letter = 'k'},  // U+212A
    {.text = "\xC4\xB0", .letter = 'i'},      // U+0130
    {.text = "\xC4\xB1", .letter = 'i'},      // U+0131
}};

constexpr char end_of_name = '\0';

// Takes the next character of a folded name off the front.
char take_folded(std::string_view& rest) noexcept {
    while (rest.starts_with('_') || rest.starts_with('-'))
        rest.remove_prefix(1);
    if (rest.empty()) return end_of_name;
    for (const Spelling& foreign : foreign_letters) {
        if (!rest.starts_with(foreign.text)) continue;
        rest.remove_prefix(foreign.text.size());
        return foreign.letter;
    }
    const char c = rest.front();
    rest.remove_prefix(1);
    return oauth::to_lower(c);
}

constexpr auto unfolded_bytes = [] {
    std::array<bool, 256> table{};
    table[0] = table['_'] = table['-'] = true;
    for (std::size_t c = 'A'; c <= 'Z'; c++)
        table[c] = true;
    for (std::size_t c = 0x80; c < table.size(); c++)
        table[c] = true;
    return table;
}();

// Nearly every name, so it is found out first.
bool is_folded(std::string_view name) noexcept {
    return std::ranges::none_of(name, [](unsigned char c) { return unfolded_bytes[c]; });
}

// FNV-1a. Who finds two names with one hash is refused for it, and nobody else.
std::uint64_t folded_hash(std::string_view name) noexcept {
    std::uint64_t hash = 0xCBF29CE484222325U;
    for (char c = take_folded(name); c != end_of_name; c = take_folded(name))
        hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3U;
    return hash;
}

bool has_twins(const oauth::json::Value& object) {
    std::vector<std::uint64_t> hashes;
    hashes.reserve(object.size());
    object.each_member([&](std::string_view name, const oauth::json::Value&) {
        hashes.push_back(folded_hash(name));
        return true;
    });
    std::ranges::sort(hashes);
    return std::ranges::adjacent_find(hashes) != hashes.end();
}

bool is_known(std::string_view name, std::span<const KnownName> known) noexcept {
    return std::ranges::any_of(known, [&](const KnownName& one) { return name == one.exact; });
}

}  // namespace

bool folds_to(std::string_view name, std::string_view folded) noexcept {
    for (const char expected : folded)
        if (take_folded(name) != expected) return false;
    return take_folded(name) == end_of_name;
}

bool has_clear_names(const oauth::json::Value& object, std::span<const KnownName> known) {
    bool is_clear = true;
    bool may_have_twins = false;  // among folded and known names there are none: the parser found them all different
    object.each_member([&](std::string_view name, const oauth::json::Value&) {
        if (is_known(name, known)) return true;
        const bool folded = is_folded(name);
        may_have_twins = may_have_twins || !folded;
        is_clear = name != "__proto__" && std::ranges::none_of(known, [&](const KnownName& one) {
                       return folded ? name == one.folded : folds_to(name, one.folded);
                   });
        return is_clear;
    });
    return is_clear && !(may_have_twins && has_twins(object));
}

}  // namespace mcp
