#include "base/form.h"

#include "base/ascii.h"
#include "base/escape.h"

namespace base {
namespace {

// Not isalnum(): its answer depends on the locale.
bool stays(char c) noexcept {
    return is_letter_or_digit(c) || std::string_view("*-._").contains(c);
}

}  // namespace

std::string form_encode(std::string_view text) {
    std::string out;
    out.reserve(3 * text.size());  // grown, it would leave copies of a secret behind
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (stays(c)) {
            out += c;
        } else if (c == ' ') {
            out += '+';
        } else {
            append_percent_encoded(out, byte);
        }
    }
    return out;
}

}  // namespace base
