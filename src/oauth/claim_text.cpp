#include "oauth/claim_text.h"

#include <algorithm>

#include "base/text.h"

namespace oauth {
namespace {

std::string scalar_text(const json::Value& value) {
    if (const auto text = value.string()) return std::string(*text);
    return value.kind() == json::Kind::null ? std::string() : value.to_json();
}

void append_as_is(std::string& out, std::string_view text) {
    out += text;
}

// A server strips the spaces at the ends of a header, and often those around a comma.
void append_for_header(std::string& out, std::string_view text) {
    const std::size_t first = std::min(text.find_first_not_of(' '), text.size());
    const std::size_t end = std::max(text.find_last_not_of(' ') + 1, first);
    base::append_percent_encoded(out, text.substr(0, first), " ");
    base::append_percent_encoded(out, text.substr(first, end - first), "%,");
    base::append_percent_encoded(out, text.substr(end), " ");
}

template <class Append>
std::optional<std::string> joined(const json::Value& value, Append append) {
    std::string text;
    bool has_control = false;
    const auto add = [&](const json::Value& element) {
        const std::string plain = scalar_text(element);
        has_control = has_control || base::has_control_characters(plain);
        append(text, plain);
    };
    if (value.kind() != json::Kind::array) add(value);
    value.each_element([&, first = true](const json::Value& element) mutable {
        if (!first) text += ',';
        first = false;
        add(element);
        return !has_control;
    });
    if (has_control) return std::nullopt;
    return text;
}

}  // namespace

std::optional<std::string> claim_text(json::Value value) {
    return joined(value, append_as_is);
}

std::optional<std::string> claim_header_text(json::Value value) {
    return joined(value, append_for_header);
}

}  // namespace oauth
