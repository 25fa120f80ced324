// Content-Encoding (RFC 9110 section 8.4) of an answer that has to be plain.
#pragma once

#include <algorithm>
#include <string_view>

#include "base/ascii.h"

namespace base {

// Whether the field, as a list, says that nothing was done: it is empty, or "identity" in any case (section 8.4.1),
// however often.
constexpr bool is_identity_coding(std::string_view content_encoding) noexcept {
    while (!content_encoding.empty()) {
        std::string_view coding = content_encoding.substr(0, content_encoding.find(','));
        content_encoding.remove_prefix(std::min(coding.size() + 1, content_encoding.size()));
        coding.remove_prefix(std::min(coding.find_first_not_of(" \t"), coding.size()));
        coding = coding.substr(0, coding.find_last_not_of(" \t") + 1);
        if (!coding.empty() && !equals_ignoring_case(coding, "identity")) return false;
    }
    return true;
}

}  // namespace base
