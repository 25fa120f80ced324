// A YAML document as a tree that knows where everything stands. Only what a settings file needs: mappings, sequences
// and texts; no anchors, aliases, tags, merge keys or further documents, and no key twice.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/settings/file/mistakes.h"

namespace cli::file {

struct Entry;

struct Node {
    enum class Type : std::uint8_t {
        nothing,  // no value, "~" or "null"
        text,     // a number or a boolean, too: what a text means its reader knows
        sequence,
        mapping
    };
    Type type = Type::nothing;
    Position at;
    bool quoted = false;
    std::string text;
    std::vector<Node> elements;
    std::vector<Entry> entries;

    const Entry* find(std::string_view key) const noexcept;
};

struct Entry {
    Node key;  // a text
    Node value;
};

inline constexpr std::size_t max_file_bytes = std::size_t{1024} * 1024;

// Nothing when there is no tree that anybody could look at; a tree may have mistakes all the same.
std::optional<Node> parse(std::string_view text, Mistakes& mistakes);

}  // namespace cli::file
