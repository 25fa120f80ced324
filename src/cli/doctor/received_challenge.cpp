#include "cli/doctor/received_challenge.h"

#include <utility>

#include "base/ascii.h"

namespace cli::doctor {
namespace {

bool is_token_character(char c) noexcept {
    return base::is_letter_or_digit(c) || std::string_view("!#$%&'*+-.^_`|~").contains(c);
}

class Reader {
public:
    explicit Reader(std::string_view text) noexcept : rest_(text) {}

    bool at_end() const noexcept { return rest_.empty(); }
    bool skip(char wanted) noexcept {
        if (!rest_.starts_with(wanted)) return false;
        rest_.remove_prefix(1);
        return true;
    }
    void skip_blanks() noexcept {
        while (rest_.starts_with(' ') || rest_.starts_with('\t'))
            rest_.remove_prefix(1);
    }
    std::string token_in_lower_case() {
        std::string token;
        for (; !rest_.empty() && is_token_character(rest_.front()); rest_.remove_prefix(1))
            token += base::to_lower(rest_.front());
        return token;
    }
    std::optional<std::string> value() {
        std::string text;
        if (!skip('"')) {
            for (; !rest_.empty() && is_token_character(rest_.front()); rest_.remove_prefix(1))
                text += rest_.front();
            return text.empty() ? std::nullopt : std::optional(text);
        }
        for (; !rest_.empty(); rest_.remove_prefix(1)) {
            if (skip('"')) return text;
            if (rest_.front() == '\\') rest_.remove_prefix(1);
            if (rest_.empty()) break;
            text += rest_.front();
        }
        return std::nullopt;
    }

private:
    std::string_view rest_;
};

}  // namespace

std::string_view ReceivedChallenge::parameter(std::string_view name) const {
    const auto found = parameters.find(std::string(name));
    return found == parameters.end() ? std::string_view() : std::string_view(found->second);
}

std::optional<ReceivedChallenge> parse_challenge(std::string_view text) {
    Reader reader(text);
    ReceivedChallenge challenge;
    reader.skip_blanks();
    challenge.scheme = reader.token_in_lower_case();
    if (challenge.scheme.empty()) return std::nullopt;
    reader.skip_blanks();
    while (!reader.at_end()) {
        std::string name = reader.token_in_lower_case();
        reader.skip_blanks();
        if (name.empty() || !reader.skip('=')) return std::nullopt;
        reader.skip_blanks();
        auto value = reader.value();
        if (!value || !challenge.parameters.emplace(std::move(name), *std::move(value)).second) return std::nullopt;
        reader.skip_blanks();
        if (!reader.at_end() && !reader.skip(',')) return std::nullopt;
        reader.skip_blanks();
    }
    return challenge;
}

}  // namespace cli::doctor
