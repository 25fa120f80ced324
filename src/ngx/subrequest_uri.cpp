#include "ngx/subrequest_uri.h"

#include <algorithm>
#include <array>

#include "base/ascii.h"
#include "base/text.h"

namespace ngx {
namespace {

std::size_t count(std::string_view text, char wanted) noexcept {
    return static_cast<std::size_t>(std::ranges::count(text, wanted));
}

// `code` in lower case, as "3f".
std::size_t count_encoded(std::string_view text, std::string_view code) noexcept {
    std::size_t found = 0;
    for (std::size_t at = text.find('%'); at != std::string_view::npos; at = text.find('%', at + 1))
        if (base::equals_ignoring_case(text.substr(at + 1, 2), code)) ++found;
    return found;
}

bool is_of_name(char c) noexcept {
    return base::is_letter_or_digit(c) || c == '_';
}

// "$name" or "${name}".
bool has_variable(std::string_view written, std::string_view name) noexcept {
    for (std::size_t at = written.find('$'); at != std::string_view::npos; at = written.find('$', at + 1)) {
        std::string_view rest = written.substr(at + 1);
        if (rest.starts_with('{')) rest.remove_prefix(1);
        if (!base::equals_ignoring_case(rest.substr(0, name.size()), name)) continue;
        if (rest.size() == name.size() || !is_of_name(rest[name.size()])) return true;
    }
    return false;
}

bool may_bring_arguments(std::string_view written) noexcept {
    static constexpr std::array<std::string_view, 3> names = {"is_args", "args", "request_uri"};
    return std::ranges::any_of(names, [written](std::string_view name) { return has_variable(written, name); });
}

// Behind a path without variables, the first "?" is the one that is written.
bool has_foreign_arguments(std::string_view written, std::string_view uri) noexcept {
    const bool has_constant_path = !written.substr(0, written.find('?')).contains('$');
    return !has_constant_path && !may_bring_arguments(written) && count(uri, '?') > count(written, '?');
}

bool is_still_encoded(std::string_view path) noexcept {
    for (std::size_t at = path.find('%'); at != std::string_view::npos; at = path.find('%', at + 1))
        if (base::encoded_byte(path.substr(at)) >= 0) return true;
    return false;
}

}  // namespace

bool is_safe_uri(std::string_view written, std::string_view uri) noexcept {
    if (base::has_control_characters(uri) || has_foreign_arguments(written, uri)) return false;
    if (count(uri, '#') > count(written, '#')) return false;
    const std::size_t arguments = uri.find('?');
    return arguments == std::string_view::npos || uri.find(' ', arguments) == std::string_view::npos;
}

bool is_safe_path(std::string_view written, std::string_view path) noexcept {
    if (base::has_control_characters(path)) return false;
    if (count(path, '?') > count_encoded(written, "3f")) return false;
    if (count(path, '#') > count_encoded(written, "23") + count(written, '#')) return false;
    return count_encoded(written, "25") > 0 || !is_still_encoded(path);
}

}  // namespace ngx
