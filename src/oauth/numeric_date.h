// NumericDate: seconds since 1970-01-01T00:00:00Z (RFC 7519 section 2).
#pragma once

#include <cstdint>
#include <optional>

#include "oauth/json/json.h"

namespace oauth {

using NumericDate = std::int64_t;

// Which way a fraction goes: always the way that makes a token valid for less time.
enum class Rounding : std::uint8_t {
    down,
    up
};

// The value of exp (down), nbf and iat (up). nullopt: not a JSON number, negative, or beyond year 9999.
std::optional<NumericDate> numeric_date(const json::Value& value, Rounding rounding) noexcept;

}  // namespace oauth
