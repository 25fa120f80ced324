#include "mcp/member_names.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

#include "base/ascii.h"

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
    while (!rest.empty() && (rest.front() == '_' || rest.front() == '-'))
        rest.remove_prefix(1);
    if (rest.empty()) return end_of_name;
    const char c = rest.front();
    if (static_cast<unsigned char>(c) >= 0x80)
        for (const Spelling& foreign : foreign_letters) {
            if (!rest.starts_with(foreign.text)) continue;
            rest.remove_prefix(foreign.text.size());
            return foreign.letter;
        }
    rest.remove_prefix(1);
    return base::to_lower(c);
}

// How a name differs from its folded self.
enum Form : unsigned char {
    folded = 0,
    capitals = 1,  // by case alone
    other = 2,     // or otherwise
};

constexpr auto forms = [] {
    std::array<unsigned char, 256> table{};
    table[0] = table['_'] = table['-'] = other;
    for (std::size_t c = 'A'; c <= 'Z'; c++)
        table[c] = capitals;
    for (std::size_t c = 0x80; c < table.size(); c++)
        table[c] = other;
    return table;
}();

Form form_of(std::string_view name) noexcept {
    unsigned form = folded;
    for (const char c : name)
        form |= forms[static_cast<unsigned char>(c)];
    return form >= other ? other : static_cast<Form>(form);
}

struct Name {
    std::string_view text;
    Form form = folded;
};

bool fold_to_the_same(const Name& a, const Name& b) noexcept {
    if (a.form != other && b.form != other) return base::equals_ignoring_case(a.text, b.text);
    std::string_view left = a.text;
    std::string_view right = b.text;
    while (true) {
        const char c = take_folded(left);
        if (c != take_folded(right)) return false;
        if (c == end_of_name) return true;
    }
}

// FNV-1a. Who finds two names with one hash is refused for it, and nobody else.
std::uint64_t folded_hash(std::string_view name) noexcept {
    std::uint64_t hash = 0xCBF29CE484222325U;
    for (char c = take_folded(name); c != end_of_name; c = take_folded(name))
        hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3U;
    return hash;
}

bool has_twins_among_many(const oauth::json::Value& object) {
    std::vector<std::uint64_t> hashes;
    hashes.reserve(object.size());
    object.each_member([&](std::string_view name, const oauth::json::Value&) {
        hashes.push_back(folded_hash(name));
        return true;
    });
    std::ranges::sort(hashes);
    return std::ranges::adjacent_find(hashes) != hashes.end();
}

std::size_t index_of(std::string_view name, std::span<const KnownName> known) noexcept {
    std::size_t index = 0;
    while (index < known.size() && name != known[index].exact)
        index++;
    return index;
}

bool has_twins(const oauth::json::Value& object) {
    std::array<Name, 16> few;
    if (object.size() > few.size()) return has_twins_among_many(object);
    std::size_t count = 0;
    bool found = false;
    object.each_member([&](std::string_view text, const oauth::json::Value&) {
        const Name name{.text = text, .form = form_of(text)};
        for (std::size_t i = 0; i < count && !found; i++)
            found = fold_to_the_same(name, few[i]);
        few[count++] = name;
        return !found;
    });
    return found;
}

}  // namespace

ComparedName::ComparedName(std::string_view text) noexcept : text_(text), is_plain_(form_of(text) != other) {}

bool ComparedName::folds_to(std::string_view folded) const noexcept {
    if (is_plain_) return text_.size() == folded.size() && base::equals_ignoring_case(text_, folded);
    return fold_to_the_same({.text = text_, .form = other}, {.text = folded});
}

bool find_members(const oauth::json::Value& object, std::span<const KnownName> known,
                  std::span<std::optional<oauth::json::Value>> found) {
    bool is_clear = true;
    bool may_have_twins = false;  // no two folded names are equal, the parser saw to that
    object.each_member([&](std::string_view text, const oauth::json::Value& value) {
        if (const std::size_t index = index_of(text, known); index < known.size()) {
            found[index] = value;
            return true;
        }
        const Name name{.text = text, .form = form_of(text)};
        may_have_twins = may_have_twins || name.form != folded;
        is_clear = text != "__proto__" && std::ranges::none_of(known, [&](const KnownName& one) {
                       return fold_to_the_same(name, {.text = one.folded});
                   });
        return is_clear;
    });
    return is_clear && !(may_have_twins && has_twins(object));
}

}  // namespace mcp
