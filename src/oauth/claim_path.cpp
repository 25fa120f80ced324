#include "oauth/claim_path.h"

#include <algorithm>
#include <charconv>
#include <utility>

namespace oauth {
namespace {

std::unexpected<std::string> error(std::string_view text) {
    return std::unexpected(std::string(text));
}

// Reads a path from left to right.
class Scanner {
public:
    explicit Scanner(std::string_view text) noexcept : rest_(text) {}

    bool at_end() const noexcept { return rest_.empty(); }
    bool next_is(std::string_view text) const noexcept { return rest_.starts_with(text); }
    bool skip(std::string_view text) noexcept {
        if (!rest_.starts_with(text)) return false;
        rest_.remove_prefix(text.size());
        return true;
    }
    std::string_view take_until(std::string_view delimiters) noexcept {
        return take(std::min(rest_.find_first_of(delimiters), rest_.size()));
    }
    std::string_view take_until_text(std::string_view text) noexcept {
        return take(std::min(rest_.find(text), rest_.size()));
    }
    // After an opening quote: what stands before the closing one.
    std::optional<std::string> take_quoted() {
        std::string name;
        while (!rest_.empty()) {
            const char c = take(1).front();
            if (c == '"') return name;
            if (c == '\\' && rest_.empty()) break;
            name += c == '\\' ? take(1).front() : c;
        }
        return std::nullopt;
    }

private:
    std::string_view take(std::size_t size) noexcept {
        const std::string_view taken = rest_.substr(0, size);
        rest_.remove_prefix(size);
        return taken;
    }

    std::string_view rest_;
};

constexpr std::string_view quote_not_closed = "a quote is not closed";
constexpr std::string_view name_missing = "a name is missing";

std::expected<std::string, std::string> read_quoted(Scanner& scanner) {
    auto name = scanner.take_quoted();
    if (!name) return error(quote_not_closed);
    return *std::move(name);
}

// After a dot.
std::expected<std::string, std::string> read_name(Scanner& scanner) {
    if (scanner.skip("\"")) return read_quoted(scanner);
    const std::string_view name = scanner.take_until(".[\"]");
    if (name.empty()) return error(name_missing);
    return std::string(name);
}

std::expected<std::size_t, std::string> read_index(Scanner& scanner) {
    const std::string_view digits = scanner.take_until("]");
    std::size_t index = 0;
    const auto [end, failed] = std::from_chars(digits.data(), digits.data() + digits.size(), index);
    if (failed != std::errc() || end != digits.data() + digits.size())
        return error("between brackets there must be a number or a quoted name");
    return index;
}

template <class Step>
std::expected<Step, std::string> as_step(auto value) {
    if (!value) return std::unexpected(std::move(value.error()));
    return Step(*std::move(value));
}

// After an opening bracket.
template <class Step>
std::expected<Step, std::string> read_bracket(Scanner& scanner) {
    auto step = scanner.skip("\"") ? as_step<Step>(read_quoted(scanner)) : as_step<Step>(read_index(scanner));
    if (step && !scanner.skip("]")) return error("a bracket is not closed");
    return step;
}

template <class Step>
std::expected<Step, std::string> read_step(Scanner& scanner) {
    if (scanner.skip("[")) return read_bracket<Step>(scanner);
    if (!scanner.skip(".")) return error("a step must begin with \".\" or \"[\"");
    if (scanner.skip("[")) return read_bracket<Step>(scanner);
    return as_step<Step>(read_name(scanner));
}

std::expected<std::string, std::string> read_nested_name(Scanner& scanner, const NestedNames& syntax) {
    const bool is_quoted = !syntax.quote.empty() && scanner.skip(syntax.quote);
    const std::string_view name = scanner.take_until_text(is_quoted ? syntax.quote : syntax.delimiter);
    if (is_quoted && !scanner.skip(syntax.quote)) return error(quote_not_closed);
    if (name.empty()) return error(name_missing);
    return std::string(name);
}

}  // namespace

ClaimPath ClaimPath::member(std::string_view name) {
    ClaimPath path;
    path.steps_.emplace_back(std::string(name));
    return path;
}

ClaimPath ClaimPath::members(const std::vector<std::string>& names) {
    ClaimPath path;
    path.steps_.assign(names.begin(), names.end());
    return path;
}

std::expected<ClaimPath, std::string> ClaimPath::parse(std::string_view text) {
    ClaimPath path;
    Scanner scanner(text);
    do {
        auto step = read_step<Step>(scanner);
        if (!step) return std::unexpected(std::move(step.error()));
        path.steps_.push_back(*std::move(step));
    } while (!scanner.at_end());
    return path;
}

std::expected<ClaimPath, std::string> ClaimPath::parse_nested(std::string_view text, const NestedNames& syntax) {
    ClaimPath path;
    Scanner scanner(text);
    for (;;) {
        auto name = read_nested_name(scanner, syntax);
        if (!name) return std::unexpected(std::move(name.error()));
        path.steps_.emplace_back(*std::move(name));
        if (scanner.at_end()) return path;
        if (!scanner.skip(syntax.delimiter)) return error("something follows a quoted name");
    }
}

std::optional<json::Value> ClaimPath::find(json::Value root) const noexcept {
    std::optional<json::Value> value = root;
    for (const Step& step : steps_) {
        const auto* name = std::get_if<std::string>(&step);
        value = name != nullptr ? value->member(*name) : value->element(*std::get_if<std::size_t>(&step));
        if (!value) break;
    }
    return value;
}

bool ClaimPath::is_member(std::string_view name) const noexcept {
    const auto* only = steps_.size() == 1 ? std::get_if<std::string>(&steps_.front()) : nullptr;
    return only != nullptr && *only == name;
}

std::string_view ClaimPath::first_member() const noexcept {
    const auto* name = steps_.empty() ? nullptr : std::get_if<std::string>(&steps_.front());
    return name != nullptr ? std::string_view(*name) : std::string_view();
}

}  // namespace oauth
