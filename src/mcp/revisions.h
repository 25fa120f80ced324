// The revisions of MCP, and which of them an endpoint serves.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace mcp {

inline constexpr std::string_view first_modern_version = "2026-07-28";

// True for a text of the form YYYY-MM-DD, whether there is such a revision or not.
bool is_revision(std::string_view version) noexcept;

// True for a version header of a revision that obliges headers and body to agree. Revisions are dates, so that they
// compare as text; what is no date (two values joined by a comma, say) gets the stricter rules.
bool is_modern(std::string_view version) noexcept;

// How a client finds out what is served, and by which HTTP methods.
enum class Era : std::uint8_t {
    legacy,  // up to 2025-11-25: "initialize", sessions, GET and DELETE
    modern,  // from 2026-07-28 on: "server/discover", POST alone
};

class Revisions {
public:
    // The oldest first.
    static constexpr std::array<std::string_view, 5> known = {"2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25",
                                                              first_modern_version};

    // Of nothing but these. Without a call: of all, and of those that nobody knows yet.
    enum class Added : std::uint8_t {
        added,
        again,
        unknown
    };
    Added add(std::string_view revision) noexcept;

    bool is_limited() const noexcept { return listed_ != 0; }
    bool includes(std::string_view version) const noexcept;
    bool includes(Era era) const noexcept;

    // Of what add() said, the newest first, with `separator` between them, and `quote` around each.
    std::string names(std::string_view separator, std::string_view quote) const;

private:
    std::uint8_t listed_ = 0;  // a bit for each of the known ones
};

}  // namespace mcp
