// What becomes of spans, by the answer of the collector that they were sent to (OpenTelemetry protocol 1, OTLP/HTTP
// Response), and what the file of its headers may say.
#pragma once

#include <chrono>
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "base/secret.h"

namespace report {

enum class Delivery : std::uint8_t {
    done,
    again,  // it may take them later
    lost,   // it will never take these
};
Delivery delivery(long status) noexcept;

// Until the next try after so many failures in a row, at least one: doubled each time, of which up to half is left to
// chance.
std::chrono::milliseconds retry_delay(unsigned failures, std::uint32_t random) noexcept;
inline constexpr unsigned most_tries = 5;  // of one batch
inline constexpr std::chrono::seconds longest_delay{30};
inline constexpr std::chrono::seconds longest_asked_delay{300};  // by Retry-After

// Lines "Name: value", and empty ones. The error says which line is wrong, and nothing of it: they may be secret.
std::expected<std::vector<base::Secret>, std::string> read_header_lines(std::string_view text);

}  // namespace report
