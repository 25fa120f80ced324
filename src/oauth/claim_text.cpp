#include "oauth/claim_text.h"

#include <algorithm>

namespace oauth {
namespace {

void append_text(std::string& out, json::Value value) {
    if (const auto text = value.string()) {
        out += *text;
    } else if (value.kind() != json::Kind::null) {
        out += value.to_json();
    }
}

// U+0000 to U+001F, and U+007F to U+009F, which in UTF-8 is 7F and C2 80 to C2 9F.
bool has_control_characters(const std::string& text) noexcept {
    unsigned char before = 0;
    return std::ranges::any_of(text, [&](unsigned char c) {
        const bool is_control = c < 0x20 || c == 0x7F || (before == 0xC2 && c < 0xA0);
        before = c;
        return is_control;
    });
}

}  // namespace

std::optional<std::string> claim_text(json::Value value) {
    std::string text;
    if (value.kind() == json::Kind::array) {
        value.each_element([&, first = true](json::Value element) mutable {
            if (!first) text += ',';
            first = false;
            append_text(text, element);
            return true;
        });
    } else {
        append_text(text, value);
    }
    if (has_control_characters(text)) return std::nullopt;
    return text;
}

}  // namespace oauth
