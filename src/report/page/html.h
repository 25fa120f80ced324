// HTML text, of texts that may contain anything.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace report::page {

// For an element's content or a quoted attribute. What is invisible, or would turn the line round, is shown by its
// number: [U+202E]. Bytes that are no UTF-8 become U+FFFD.
std::string escaped(std::string_view text);

// Of the Markdown in reasons.h: `code`, and links as their text with the page's name.
std::string prose(std::string_view markdown);
// The same as text without any markup, and not for HTML.
std::string plain(std::string_view markdown);

std::string number(std::uint64_t value);            // 12,345
std::string rounded(double value, int digits = 1);  // 12.3
std::string percent(std::uint64_t part, std::uint64_t whole);
std::string latency(std::optional<double> seconds);   // 420 ms; a dash when there is none
std::string span_of_time(std::chrono::seconds time);  // 5 min
// In UTC: "2026-01-31 23:59:59", or "23:59" alone.
std::string date_and_time(std::chrono::milliseconds since_1970);
std::string time_of_day(std::chrono::milliseconds since_1970);

}  // namespace report::page
