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

struct Escape {
    std::size_t size;
    bool is_half_a_pair;
};

// The escape, or the pair of surrogates, that begins here.
Escape escape_at(std::string_view text) noexcept {
    const auto unit = code_unit(text);
    if (!unit) return {2, false};
    if (is_low_surrogate(*unit)) return {escape_size, true};
    if (!is_high_surrogate(*unit)) return {escape_size, false};
    const auto next = code_unit(text.substr(escape_size));
    const bool is_pair = next && is_low_surrogate(*next);
    return {is_pair ? 2 * escape_size : escape_size, !is_pair};
}

bool is_followed_by_colon(std::string_view text, std::size_t at) noexcept {
    const std::size_t next = text.find_first_not_of(white_space, at);
    return next != std::string::npos && text[next] == ':';
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
        const Escape escape = escape_at(std::string_view(text_).substr(at_));
        if (escape.is_half_a_pair) text_.replace(at_, escape_size, "\\uFFFD");
        at_ += escape.size;
        return escape.is_half_a_pair;
    }

    bool is_member_name() const noexcept { return is_followed_by_colon(text_, at_); }

    static std::ptrdiff_t position(std::size_t offset) noexcept { return static_cast<std::ptrdiff_t>(offset); }

    std::string text_;
    std::size_t at_ = 0;
    bool replaced_ = false;
};

// Also true for one that is too small: that is zero.
bool is_readable(std::string_view number) noexcept {
    if (number.find_first_of(".eE") == std::string_view::npos)
        return fits<std::int64_t>(number) || fits<std::uint64_t>(number);
    return fits<double>(number) || number.find("e-") != std::string_view::npos ||
           number.find("E-") != std::string_view::npos;
}

// What stands in a text that the strict parser did not understand.
class Survey {
public:
    struct Number {
        std::size_t at, size, string;  // how many strings and large numbers stand before it
    };

    explicit Survey(std::string_view text) : text_(text) {
        while (at_ < text_.size() && is_plausible_) {
            const char c = text_[at_];
            if (c == '"') {
                string();
            } else if (c == '-' || base::is_digit(c)) {
                number();
            } else {
                at_++;
            }
        }
    }

    bool is_plausible() const noexcept { return is_plausible_; }  // no number is malformed, and no string open
    bool has_half_a_pair() const noexcept { return has_half_a_pair_; }
    const std::vector<Number>& large_numbers() const noexcept { return large_numbers_; }

private:
    void string() {
        for (at_++; at_ < text_.size() && text_[at_] != '"';) {
            const Escape step = text_[at_] == '\\' ? escape_at(text_.substr(at_)) : Escape{1, false};
            has_half_a_pair_ = has_half_a_pair_ || step.is_half_a_pair;
            at_ += step.size;
        }
        is_plausible_ = at_++ < text_.size();
        strings_++;
    }

    void number() {
        const std::size_t end = std::min(text_.find_first_not_of(number_characters, at_), text_.size());
        const std::string_view token = text_.substr(at_, end - at_);
        is_plausible_ = is_number(token) && !is_followed_by_colon(text_, end);
        if (is_plausible_ && !is_readable(token)) large_numbers_.push_back({at_, token.size(), strings_++});
        at_ = end;
    }

    std::string_view text_;
    std::size_t at_ = 0;
    std::size_t strings_ = 0;
    std::vector<Number> large_numbers_;
    bool is_plausible_ = true;
    bool has_half_a_pair_ = false;
};

}  // namespace

std::optional<std::string> without_unreadable_values(std::string_view text) {
    Pass pass(text);
    if (!pass.run() || !pass.replaced()) return std::nullopt;
    return pass.take();
}

Error refusal_of_number(std::string_view text) {
    const Survey survey(text);
    const bool is_json = survey.is_plausible() && !survey.large_numbers().empty();
    return is_json ? Error::document_number_too_large : Error::document_not_json;
}

Error refusal_of_string(std::string_view text) {
    return Survey(text).has_half_a_pair() ? Error::document_half_surrogate : Error::document_not_json;
}

QuotedNumbers with_large_numbers_in_quotes(std::string_view text) {
    QuotedNumbers result;
    std::size_t copied = 0;
    const Survey survey(text);
    for (const Survey::Number& number : survey.large_numbers()) {
        result.text.append(text.substr(copied, number.at - copied)).append("\"");
        result.text.append(text.substr(number.at, number.size)).append("\"");
        result.strings.push_back(number.string);
        copied = number.at + number.size;
    }
    result.text.append(text.substr(copied));
    return result;
}

}  // namespace oauth::json
