// What strangers call things, as the value of a label: short, and nothing that a scraper could stumble over.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace report {

inline constexpr std::size_t longest_label = 128;  // bytes
using LabelBuffer = std::array<char, longest_label>;

// The first longest_label bytes (cut between characters) in UTF-8: what is none, and control characters, become U+FFFD.
// A view of `text`, where nothing had to be changed, or of `buffer`. Applied twice it changes nothing.
std::string_view label_of(std::string_view text, LabelBuffer& buffer) noexcept;

}  // namespace report
