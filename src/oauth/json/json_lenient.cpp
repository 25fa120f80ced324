#include "oauth/json/json_lenient.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <system_error>
#include <utility>

#include "base/ascii.h"

namespace oauth::json {
namespace {

constexpr std::string_view white_space = " \t\n\r";
constexpr std::string_view number_characters = "0123456789+-.eE";
constexpr std::size_t escape_size = 6;  // \uXXXX

// Takes digits off the front; false when there are none.
bool take_digits(std::string_view& text) noexcept {
    const std::size_t count = std::min(text.find_first_not_of("0123456789"), text.size());
    text.remove_prefix(count);
    return count > 0;
}

bool take_any(std::string_view& text, std::string_view characters) noexcept {
    if (text.empty() || !characters.contains(text.front())) return false;
    text.remove_prefix(1);
    return true;
}

// RFC 8259 section 6.
bool is_number(std::string_view text) noexcept {
    take_any(text, "-");
    const bool starts_with_zero = text.starts_with('0');
    const std::size_t before = text.size();
    if (!take_digits(text) || (starts_with_zero && before - text.size() > 1)) return false;
    if (take_any(text, ".") && !take_digits(text)) return false;
    if (take_any(text, "eE")) {
        take_any(text, "+-");
        if (!take_digits(text)) return false;
    }
    return text.empty();
}

template <class Integer>
bool fits(std::string_view digits) noexcept {
    Integer value{};
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    return error == std::errc() && end == digits.data() + digits.size();
}

// The UTF-16 code unit of an escape that begins here.
std::optional<std::uint16_t> code_unit(std::string_view text) noexcept {
    if (text.size() < escape_size || !text.starts_with("\\u")) return std::nullopt;
    std::uint16_t unit = 0;
    const auto [end, error] = std::from_chars(text.data() + 2, text.data() + escape_size, unit, 16);
    if (error != std::errc() || end != text.data() + escape_size) return std::nullopt;
    return unit;
}

constexpr bool is_high_surrogate(std::uint16_t unit) noexcept {
    return (unit & 0xFC00U) == 0xD800;
}
constexpr bool is_low_surrogate(std::uint16_t unit) noexcept {
    return (unit & 0xFC00U) == 0xDC00;
}

class Pass {
public:
    explicit Pass(std::string_view text) : text_(text) {}

    // False: a strict parser would refuse the text whatever is replaced.
    bool run() {
        while (at_ < text_.size()) {
            const char c = text_[at_];
            if (c == '"') {
                if (!string()) return false;
            } else if (c == '-' || base::is_digit(c)) {
                if (!number()) return false;
            } else {
                at_++;
            }
        }
        return true;
    }

    bool replaced() const noexcept { return replaced_; }
    std::string take() noexcept { return std::move(text_); }

private:
    bool number() {
        const std::size_t end = std::min(text_.find_first_not_of(number_characters, at_), text_.size());
        const std::string_view token = std::string_view(text_).substr(at_, end - at_);
        if (!is_number(token)) return false;
        if (!fits<std::int64_t>(token) && !fits<std::uint64_t>(token)) {  // so it has three characters at least
            std::ranges::fill(text_.begin() + position(at_), text_.begin() + position(end), ' ');
            text_.replace(at_, 3, "0.0");
            replaced_ = true;
        }
        at_ = end;
        return true;
    }

    // Skips the string that begins here.
    bool string() {
        bool mended = false;
        for (at_++; at_ < text_.size() && text_[at_] != '"';) {
            if (text_[at_] == '\\') {
                mended = escape() || mended;
            } else {
                at_++;
            }
        }
        if (at_++ >= text_.size()) return false;
        replaced_ = replaced_ || mended;
        return !mended || !is_member_name();
    }

    // Skips an escape or a pair of surrogates. True: it was half a pair, and is no more.
    bool escape() {
        const std::string_view rest = std::string_view(text_).substr(at_);
        const auto unit = code_unit(rest);
        at_ += unit ? escape_size : 2;
        if (!unit || (!is_high_surrogate(*unit) && !is_low_surrogate(*unit))) return false;
        const auto next = code_unit(rest.substr(escape_size));
        if (is_high_surrogate(*unit) && next && is_low_surrogate(*next)) {
            at_ += escape_size;
            return false;
        }
        text_.replace(at_ - escape_size, escape_size, "\\uFFFD");
        return true;
    }

    bool is_member_name() const noexcept {
        const std::size_t next = text_.find_first_not_of(white_space, at_);
        return next != std::string::npos && text_[next] == ':';
    }

    static std::ptrdiff_t position(std::size_t offset) noexcept { return static_cast<std::ptrdiff_t>(offset); }

    std::string text_;
    std::size_t at_ = 0;
    bool replaced_ = false;
};

}  // namespace

std::optional<std::string> without_unreadable_values(std::string_view text) {
    Pass pass(text);
    if (!pass.run() || !pass.replaced()) return std::nullopt;
    return pass.take();
}

}  // namespace oauth::json
