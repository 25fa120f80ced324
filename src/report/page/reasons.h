// What an operator can do about a reason: docs/REASONS.md in short.
#pragma once

#include <string_view>

namespace report::page {

// All are literals.
struct ReasonRow {
    std::string_view name, text;
    std::string_view fix;  // Markdown: `code` and [links](PAGE.md#heading)
};

// Null: no reason has this name.
const ReasonRow* find_reason(std::string_view name) noexcept;

}  // namespace report::page
