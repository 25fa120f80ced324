#include "mcp/revisions.h"

#include <algorithm>

#include "base/ascii.h"

namespace mcp {
namespace {

// The bit of a known revision; 0 of any other text.
std::uint8_t bit_of(std::string_view revision) noexcept {
    const auto* found = std::ranges::find(Revisions::known, revision);
    return found == Revisions::known.end() ? std::uint8_t{0}
                                           : static_cast<std::uint8_t>(1U << (found - Revisions::known.begin()));
}

}  // namespace

bool is_revision(std::string_view version) noexcept {
    if (version.size() != first_modern_version.size()) return false;
    for (std::size_t i = 0; i < version.size(); i++)
        if (i == 4 || i == 7 ? version[i] != '-' : !base::is_digit(version[i])) return false;
    return true;
}

bool is_modern(std::string_view version) noexcept {
    return !is_revision(version) || version >= first_modern_version;
}

Revisions::Added Revisions::add(std::string_view revision) noexcept {
    const std::uint8_t bit = bit_of(revision);
    if (bit == 0) return Added::unknown;
    if ((listed_ & bit) != 0) return Added::again;
    listed_ |= bit;
    return Added::added;
}

bool Revisions::includes(std::string_view version) const noexcept {
    return !is_limited() || (listed_ & bit_of(version)) != 0;
}

bool Revisions::includes(Era era) const noexcept {
    return std::ranges::any_of(known, [&](std::string_view revision) {
        return is_modern(revision) == (era == Era::modern) && includes(revision);
    });
}

std::string Revisions::names(std::string_view separator, std::string_view quote) const {
    std::string text;
    for (std::size_t i = known.size(); i-- > 0;) {
        if ((listed_ & (1U << i)) == 0) continue;
        if (!text.empty()) text += separator;
        text += quote;
        text += known[i];
        text += quote;
    }
    return text;
}

}  // namespace mcp
