#include "oauth/numeric_date.h"

#include <cmath>

namespace oauth {
namespace {

constexpr NumericDate last_second_of_9999 = 253402300799;

}  // namespace

std::optional<NumericDate> numeric_date(const json::Value& value, Rounding rounding) noexcept {
    if (const auto seconds = value.integer()) {
        if (*seconds < 0 || *seconds > last_second_of_9999) return std::nullopt;
        return seconds;
    }
    const auto seconds = value.number();
    if (!seconds || *seconds < 0 || *seconds > static_cast<double>(last_second_of_9999)) return std::nullopt;
    return static_cast<NumericDate>(rounding == Rounding::down ? std::floor(*seconds) : std::ceil(*seconds));
}

}  // namespace oauth
