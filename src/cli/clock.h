// The time of day, which the rules of oauth/ are given and never ask for.
#pragma once

#include <chrono>

#include "oauth/numeric_date.h"

namespace cli {

inline oauth::NumericDate now() {
    return std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch())
        .count();
}

}  // namespace cli
