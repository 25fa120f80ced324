#include "mcp/body_encoding.h"

#include <algorithm>
#include <array>

#include "base/ascii.h"

namespace mcp {
namespace {

constexpr std::array<std::string_view, 2> forms{"application/x-www-form-urlencoded", "multipart/form-data"};

std::string_view trimmed(std::string_view text) noexcept {
    constexpr std::string_view optional_space = " \t";  // RFC 9110 section 5.6.3
    text.remove_prefix(std::min(text.find_first_not_of(optional_space), text.size()));
    return text.substr(0, text.find_last_not_of(optional_space) + 1);
}

// What clients send, character for character; everything else takes a closer look.
bool is_usual(const BodyHeaders& headers) noexcept {
    return headers.content_type.size() == 1 && headers.content_type.front() == "application/json";
}

// Wherever it stands: readers differ on where a media type ends (";", "," or a space).
bool mentions(std::string_view value, std::string_view lower_case) noexcept {
    return !std::ranges::search(value, lower_case, {}, base::to_lower).empty();
}

bool is_utf8_charset(std::string_view parameter) noexcept {
    const std::size_t equals = parameter.find('=');
    if (equals == std::string_view::npos || !base::equals_ignoring_case(parameter.substr(0, equals), "charset"))
        return false;
    std::string_view value = parameter.substr(equals + 1);
    if (value.size() > 1 && value.starts_with('"') && value.ends_with('"')) value = value.substr(1, value.size() - 2);
    return base::equals_ignoring_case(value, "utf-8") || base::equals_ignoring_case(value, "utf8");
}

bool has_json_type(std::string_view content_type) noexcept {
    return base::equals_ignoring_case(trimmed(content_type.substr(0, content_type.find(';'))), "application/json");
}

bool is_plain_json(std::string_view content_type) noexcept {
    if (!has_json_type(content_type)) return false;
    const std::size_t semicolon = content_type.find(';');
    return semicolon == std::string_view::npos || is_utf8_charset(trimmed(content_type.substr(semicolon + 1)));
}

bool has_foreign_charset(std::string_view content_type) noexcept {
    constexpr std::string_view name = "charset";
    while (content_type.contains(';')) {
        content_type.remove_prefix(content_type.find(';') + 1);
        const std::string_view parameter = trimmed(content_type.substr(0, content_type.find(';')));
        if (base::equals_ignoring_case(trimmed(parameter.substr(0, parameter.find('='))), name) &&
            !is_utf8_charset(parameter))
            return true;
    }
    return false;
}

bool is_coded(const BodyHeaders& headers) noexcept {
    const auto& codings = headers.content_encoding;
    return codings.size() > 1 || (!codings.empty() && !base::equals_ignoring_case(codings.front(), "identity"));
}

}  // namespace

std::expected<void, TransportError> check_no_form(const BodyHeaders& headers) noexcept {
    if (is_usual(headers)) return {};
    if (headers.content_type.size() > 1) return std::unexpected(TransportError::content_type_ambiguous);
    for (const std::string_view value : headers.content_type)
        if (std::ranges::any_of(forms, [&](std::string_view form) { return mentions(value, form); }))
            return std::unexpected(TransportError::media_type_unsupported);
    return {};
}

std::expected<void, TransportError> check_plain_json(const BodyHeaders& headers) noexcept {
    if (is_usual(headers) && headers.content_encoding.empty()) return {};
    if (const auto form = check_no_form(headers); !form) return form;
    if (is_coded(headers) || headers.content_type.empty() || !is_plain_json(headers.content_type.front()))
        return std::unexpected(TransportError::media_type_unsupported);
    return {};
}

bool may_be_json(const BodyHeaders& headers) noexcept {
    if (headers.content_type.size() != 1 || is_coded(headers)) return false;
    return has_json_type(headers.content_type.front()) && !has_foreign_charset(headers.content_type.front());
}

}  // namespace mcp
