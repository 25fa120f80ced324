// The result of a fallible call as text, so that a failing test shows the error's name and not its number.
#pragma once

#include <expected>
#include <string_view>

#include "oauth/error.h"

namespace support {

template <class T>
std::string_view outcome(const std::expected<T, oauth::Error>& result) {
    return result ? "ok" : oauth::describe(result.error()).name;
}

}  // namespace support
