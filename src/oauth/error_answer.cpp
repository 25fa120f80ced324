#include "oauth/error_answer.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "base/ascii.h"
#include "base/form.h"
#include "base/secret.h"

namespace oauth {
namespace {

constexpr std::size_t max_code_bytes = 64;
constexpr std::size_t max_description_bytes = 200;
constexpr std::size_t shortest_part = 8;  // of a secret: a shorter one is in many words

constexpr bool is_token_character(char c) noexcept {
    return c > ' ' && c < '\x7F' && !std::string_view("()<>@,;:\\\"/[]?={}").contains(c);
}

constexpr bool is_base64url_character(char c) noexcept {
    return base::is_letter_or_digit(c) || c == '-' || c == '_';
}

// What stands next in a WWW-Authenticate field: the name of a scheme, or a parameter with its value.
struct ChallengePart {
    std::string_view name;
    std::optional<std::string_view> value;  // none: a scheme
};

class ChallengeReader {
public:
    explicit ChallengeReader(std::string_view field) noexcept : rest_(field) {}

    std::optional<ChallengePart> next() noexcept {
        skip(" \t,");
        // A field that nobody can read further says nothing more.
        ChallengePart part{take_while(is_token_character), std::nullopt};
        if (part.name.empty()) return std::nullopt;
        const std::string_view before = rest_;
        skip(" \t");
        if (!rest_.starts_with('=')) {
            rest_ = before;
            return part;
        }
        rest_.remove_prefix(1);
        skip(" \t");
        part.value = rest_.starts_with('"') ? take_quoted() : take_while([](char c) { return c != ',' && c != ' '; });
        return part;
    }

private:
    void skip(std::string_view characters) noexcept {
        rest_.remove_prefix(std::min(rest_.find_first_not_of(characters), rest_.size()));
    }
    template <class Predicate>
    std::string_view take_while(Predicate predicate) noexcept {
        const auto size = static_cast<std::size_t>(std::ranges::find_if_not(rest_, predicate) - rest_.begin());
        const std::string_view taken = rest_.substr(0, size);
        rest_.remove_prefix(size);
        return taken;
    }
    std::string_view take_quoted() noexcept {
        std::size_t end = 1;
        while (end < rest_.size() && rest_[end] != '"')
            end += rest_[end] == '\\' ? 2 : 1;
        end = std::min(end, rest_.size());
        const std::string_view taken = rest_.substr(1, end - 1);
        rest_.remove_prefix(std::min(end + 1, rest_.size()));
        return taken;
    }

    std::string_view rest_;
};

// The length of the JWT at the beginning of `text`, or of what is left of it; 0: none is there.
std::size_t jwt_size(std::string_view text) noexcept {
    if (!text.starts_with("eyJ")) return 0;
    const auto end = std::ranges::find_if_not(text, [](char c) { return is_base64url_character(c) || c == '.'; });
    return static_cast<std::size_t>(end - text.begin());
}

// The length of a beginning of `text` that is a part of `secret`; 0 for a short one, unless it is all there is. What is
// left of a longer part, which stands at another place of `secret`, is found next.
std::size_t shared_size(std::string_view text, std::string_view secret) noexcept {
    const std::size_t shortest = std::min(shortest_part, secret.size());
    if (text.size() < shortest) return 0;
    const std::size_t place = secret.find(text.substr(0, shortest));
    if (place == std::string_view::npos) return 0;
    const std::string_view part = secret.substr(place);
    return static_cast<std::size_t>(std::ranges::mismatch(text, part).in1 - text.begin());
}

// A server repeats a secret as it is, or as it stands in the form that it got.
std::vector<base::Secret> spellings(std::span<const std::string_view> secrets) {
    std::vector<base::Secret> all;
    for (const std::string_view secret : secrets) {
        all.emplace_back(secret);
        all.push_back(base::Secret::taken(base::form_encode(secret)));
    }
    return all;
}

std::size_t secret_size(std::string_view text, std::span<const base::Secret> secrets) noexcept {
    std::size_t size = jwt_size(text);
    for (const base::Secret& secret : secrets)
        size = std::max(size, shared_size(text, secret.reveal()));
    return size;
}

std::string cleaned(std::string_view text, std::size_t max_bytes, std::span<const base::Secret> secrets) {
    std::string clean;
    while (!text.empty() && clean.size() < max_bytes) {
        const std::size_t secret = secret_size(text, secrets);
        if (secret > 0) {
            clean += "...";
        } else {
            const char c = text.front();
            clean += c >= ' ' && c < '\x7F' && c != '"' && c != '\\' ? c : '?';
        }
        text.remove_prefix(std::max(secret, std::size_t{1}));
    }
    return text.empty() ? clean : clean + "...";
}

}  // namespace

std::string_view challenge_parameter(std::string_view field, std::string_view name) noexcept {
    ChallengeReader reader(field);
    while (const auto part = reader.next())
        if (part->value && base::equals_ignoring_case(part->name, name)) return *part->value;
    return {};
}

ErrorAnswer::ErrorAnswer(const ServerAnswer& answer) noexcept : challenge_(answer.challenge) {
    if (auto document = json::Document::parse(answer.body, {.keep_large_numbers = true})) body_ = *std::move(document);
}

std::string_view ErrorAnswer::body_member(std::string_view name) const noexcept {
    const auto member = body_ ? body_->root().member(name) : std::nullopt;
    return member ? member->string().value_or("") : std::string_view();
}

std::string_view ErrorAnswer::code() const noexcept {
    const std::string_view code = body_member("error");
    return code.empty() ? challenge_parameter(challenge_, "error") : code;
}

std::string_view ErrorAnswer::description() const noexcept {
    const bool is_of_body = !body_member("error").empty();
    return is_of_body ? body_member("error_description") : challenge_parameter(challenge_, "error_description");
}

bool ErrorAnswer::says_only(std::string_view code) const noexcept {
    const std::string_view of_challenge = challenge_parameter(challenge_, "error");
    return this->code() == code && (of_challenge.empty() || of_challenge == code);
}

bool ErrorAnswer::says_only_inactive() const noexcept {
    const auto active = body_ ? body_->root().member("active") : std::nullopt;
    return active && active->boolean() == false && !body_->root().present("error") && code().empty();
}

bool ErrorAnswer::demands_basic() const noexcept {
    ChallengeReader reader(challenge_);
    while (const auto part = reader.next())
        if (!part->value && base::equals_ignoring_case(part->name, "Basic")) return true;
    return false;
}

bool repeats(std::string_view text, std::span<const std::string_view> secrets) {
    const auto hidden = spellings(secrets);
    for (; !text.empty(); text.remove_prefix(1))
        if (std::ranges::any_of(hidden,
                                [&](const base::Secret& secret) { return shared_size(text, secret.reveal()) > 0; }))
            return true;
    return false;
}

std::string ErrorAnswer::printable(std::span<const std::string_view> secrets) const {
    if (code().empty()) return {};
    const auto hidden = spellings(secrets);
    std::string text = '"' + cleaned(code(), max_code_bytes, hidden) + '"';
    if (!description().empty()) text += ": \"" + cleaned(description(), max_description_bytes, hidden) + '"';
    return text;
}

}  // namespace oauth
