#include <algorithm>
#include <string>
#include <string_view>

#include "base/ascii.h"
#include "report/page/status.h"

namespace report::page {
namespace {

constexpr std::size_t longest_id = 64;

// Whatever is no part of an id.
bool surrounds(char c) noexcept {
    const bool is_ascii = static_cast<unsigned char>(c) < 0x80;
    return is_ascii && !base::is_letter_or_digit(c);
}

}  // namespace

Question question_of(std::string_view typed) {
    const auto* const begin = std::ranges::find_if_not(typed, surrounds);
    typed.remove_prefix(static_cast<std::size_t>(begin - typed.begin()));
    while (!typed.empty() && surrounds(typed.back()))
        typed.remove_suffix(1);
    if (typed.empty()) return {};
    std::string id(typed.substr(0, longest_id));
    std::ranges::transform(id, id.begin(), base::to_lower);
    return {.id = std::move(id)};
}

}  // namespace report::page
