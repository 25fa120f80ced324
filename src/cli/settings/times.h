// Times as nginx reads them: "1h30m", units in this order and each once; without a unit it is seconds.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace cli {

std::optional<std::int64_t> read_seconds(std::string_view text);       // y, M, w, d, h, m, s
std::optional<std::int64_t> read_milliseconds(std::string_view text);  // w, d, h, m, s, ms

bool is_time(std::string_view text);  // in whole seconds
// Also with milliseconds.
bool is_fine_time(std::string_view text);
// A fine time without its milliseconds.
std::string whole_seconds(std::string_view text);

}  // namespace cli
