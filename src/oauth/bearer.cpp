#include "oauth/bearer.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <cstring>

#include "base/ascii.h"

namespace oauth {
namespace {

constexpr std::string_view bearer = "Bearer";

// RFC 9110 section 11.4: credentials = auth-scheme [ 1*SP ... ]
std::string_view scheme_of(std::string_view credentials) noexcept {
    return credentials.substr(0, std::min(credentials.find(' '), credentials.size()));
}

struct OtherScheme {
    std::string_view name;
    std::string_view problem;
};
// IANA's registry of authentication schemes, and what is seen beside it.
constexpr std::array other_schemes = {
    OtherScheme{"DPoP", "it is DPoP, which is not supported: send a Bearer token that is not bound to a key"},
    OtherScheme{"Basic", "it is Basic"},
    OtherScheme{"Digest", "it is Digest"},
    OtherScheme{"Negotiate", "it is Negotiate"},
    OtherScheme{"NTLM", "it is NTLM"},
    OtherScheme{"OAuth", "it is OAuth (of OAuth 1.0)"},
    OtherScheme{"GNAP", "it is GNAP"},
    OtherScheme{"HOBA", "it is HOBA"},
    OtherScheme{"Mutual", "it is Mutual"},
    OtherScheme{"Concealed", "it is Concealed"},
    OtherScheme{"PrivateToken", "it is PrivateToken"},
    OtherScheme{"SCRAM-SHA-1", "it is SCRAM-SHA-1"},
    OtherScheme{"SCRAM-SHA-256", "it is SCRAM-SHA-256"},
    OtherScheme{"vapid", "it is vapid"},
    OtherScheme{"AWS4-HMAC-SHA256", "it is AWS4-HMAC-SHA256"},
    OtherScheme{"Token", "it is Token"},
    OtherScheme{"JWT", "it is JWT"},
    OtherScheme{"ApiKey", "it is ApiKey"},
};

constexpr auto token_characters = [] {
    std::array<bool, 256> table{};
    for (const char c : std::string_view("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~+/"))
        table[static_cast<unsigned char>(c)] = true;
    return table;
}();

// Every request's whole token goes through this: 16 bytes at a time (a vector type of GCC and Clang), then the rest.
bool all_token_characters(std::string_view text) noexcept {
    using Block = unsigned char __attribute__((vector_size(16)));
    Block bad{};
    for (; text.size() >= sizeof(Block); text.remove_prefix(sizeof(Block))) {
        Block c;
        std::memcpy(&c, text.data(), sizeof(Block));
        const Block letter = (c | 0x20) - 'a';
        const Block digit = c - '-';  // "-", ".", "/" and the digits stand in one row
        bad |= ~((letter <= 'z' - 'a') | (digit <= '9' - '-') | (c == '+') | (c == '_') | (c == '~'));
    }
    const auto words = std::bit_cast<std::array<std::uint64_t, 2>>(bad);
    return (words[0] | words[1]) == 0 &&
           std::ranges::all_of(text, [](char c) { return token_characters[static_cast<unsigned char>(c)]; });
}

// b64token = 1*( ALPHA / DIGIT / "-" / "." / "_" / "~" / "+" / "/" ) *"="
bool is_b64token(std::string_view token) noexcept {
    while (token.ends_with('='))
        token.remove_suffix(1);
    return !token.empty() && all_token_characters(token);
}

// The characters of a parameter's name, with its percent-encoding undone; -1 behind the last one.
class FormCharacters {
public:
    explicit FormCharacters(std::string_view encoded) noexcept : rest_(encoded) {}

    int next() noexcept {
        if (rest_.empty()) return -1;
        const int encoded = base::encoded_byte(rest_);
        const int c = encoded >= 0 ? encoded : static_cast<unsigned char>(rest_.front());
        rest_.remove_prefix(encoded >= 0 ? base::encoded_byte_size : 1);
        return c;
    }

private:
    std::string_view rest_;
};

// PHP takes "access.token", "access token" and "access[token" for "access_token"; others do not look at case.
bool same_form_character(char expected, int c) noexcept {
    return base::to_lower(static_cast<char>(c)) == expected ||
           (expected == '_' && (c == '.' || c == ' ' || c == '+' || c == '['));
}

// Whether any reader of forms takes one for the other: PHP skips spaces in front, and qs a bracket; both take
// "access_token[]" for a list of them.
bool decodes_to(std::string_view encoded, std::string_view name) noexcept {
    FormCharacters characters(encoded);
    int c = characters.next();
    while (c == ' ' || c == '+' || c == '[')
        c = characters.next();
    for (const char expected : name) {
        if (c < 0 || !same_form_character(expected, c)) return false;
        c = characters.next();
    }
    return c < 0 || c == '[' || c == ']' || c == '\0';
}

}  // namespace

std::expected<std::string_view, Error> bearer_token(std::span<const std::string_view> authorization) noexcept {
    if (authorization.empty()) return std::unexpected(Error::credentials_missing);
    if (authorization.size() > 1) return std::unexpected(Error::request_ambiguous);
    std::string_view value = authorization.front();
    if (value.empty()) return std::unexpected(Error::credentials_missing);
    const std::string_view scheme = scheme_of(value);
    if (!base::equals_ignoring_case(scheme, bearer)) return std::unexpected(Error::credentials_not_bearer);
    value.remove_prefix(scheme.size());
    value.remove_prefix(std::min(value.find_first_not_of(' '), value.size()));
    if (!is_b64token(value)) return std::unexpected(Error::credentials_malformed);
    return value;
}

std::string_view scheme_problem(std::string_view authorization) noexcept {
    const std::string_view scheme = scheme_of(authorization);
    if (scheme.empty() || base::equals_ignoring_case(scheme, bearer)) return {};
    const auto same = [&](const OtherScheme& other) { return base::equals_ignoring_case(scheme, other.name); };
    const auto* known = std::ranges::find_if(other_schemes, same);
    if (known != other_schemes.end()) return known->problem;
    return scheme.size() == authorization.size() ? "it has no scheme: write \"Bearer \" before the token"
                                                 : "its scheme is not a known one";
}

bool has_form_parameter(std::string_view encoded, std::string_view name) noexcept {
    while (!encoded.empty()) {
        const std::size_t end = std::min(encoded.find_first_of("&;"), encoded.size());
        const std::string_view pair = encoded.substr(0, end);
        if (decodes_to(pair.substr(0, pair.find('=')), name)) return true;
        encoded.remove_prefix(std::min(end + 1, encoded.size()));
    }
    return false;
}

}  // namespace oauth
