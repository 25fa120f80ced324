#include "oauth/exchange/response.h"

#include <algorithm>
#include <array>
#include <new>

#include "base/ascii.h"
#include "oauth/error_answer.h"
#include "oauth/json/json.h"

namespace oauth::exchange {
namespace {

constexpr std::size_t max_document_bytes = std::size_t{64} * 1024;
constexpr std::chrono::seconds longest_life = std::chrono::days{365};

// RFC 6749 appendix A.12, without the space: nothing that could end a header or split its value.
bool is_usable_token(std::string_view token) noexcept {
    return !token.empty() && token.size() <= max_token_bytes &&
           std::ranges::all_of(token, [](char c) { return c > ' ' && c < '\x7F'; });
}

// RFC 8693 section 3. Servers older than the RFC leave the member out.
bool is_access_token(const json::Value& answer) noexcept {
    const auto type = answer.present("issued_token_type");
    return !type || type->string() == "urn:ietf:params:oauth:token-type:access_token" ||
           type->string() == "urn:ietf:params:oauth:token-type:jwt";
}

// A 401 that says itself that it is not about the client (RFC 6749 section 5.2, RFC 8693 section 2.2.2).
bool is_about_exchange(const ServerAnswer& answer) noexcept {
    static constexpr std::array<std::string_view, 5> codes = {"invalid_grant", "invalid_request", "invalid_scope",
                                                              "invalid_target", "unsupported_grant_type"};
    if (answer.status != 401) return false;
    const ErrorAnswer said(answer);
    return !said.demands_basic() && std::ranges::find(codes, said.code()) != codes.end();
}

using Lifetime = std::optional<std::chrono::seconds>;

std::expected<Lifetime, Error> lifetime(const json::Value& answer) noexcept {
    const auto member = answer.present("expires_in");
    if (!member) return Lifetime{};
    const auto seconds = member->number();
    if (!seconds || !(*seconds >= 1)) return std::unexpected(Error::exchange_answer_invalid);
    const auto bounded = std::min(*seconds, static_cast<double>(longest_life.count()));
    return std::chrono::seconds(static_cast<std::chrono::seconds::rep>(bounded));
}

std::expected<IssuedToken, Error> read(const json::Value& answer, std::string_view subject_token) {
    const auto string = [&](std::string_view name) {
        const auto member = answer.member(name);
        return member ? member->string().value_or("") : std::string_view{};
    };
    const std::string_view token = string("access_token");
    const std::string_view type = string("token_type");
    const auto expires_in = lifetime(answer);
    const bool usable = is_usable_token(token) && token != subject_token &&
                        base::equals_ignoring_case(type, "Bearer") && is_access_token(answer) && expires_in;
    if (!usable) return std::unexpected(Error::exchange_answer_invalid);
    return IssuedToken{std::string(token), std::string(type), *expires_in};
}

}  // namespace

std::optional<Error> refusal(const ServerAnswer& answer) noexcept {
    // 403 is what some servers say when policy forbids the exchange (RFC 8693 section 2.2.2 has 400).
    const bool refused = answer.status == 400 || answer.status == 403 || is_about_exchange(answer);
    return refused ? Error::exchange_refused : server_fault(answer);
}

std::expected<IssuedToken, Error> read_response(std::string_view body, std::string_view subject_token) noexcept {
    try {
        const auto document =
            json::Document::parse(body, {.max_bytes = max_document_bytes, .keep_large_numbers = true});
        if (!document) return std::unexpected(document.error());
        return read(document->root(), subject_token);
    } catch (const std::bad_alloc&) {
        return std::unexpected(Error::out_of_memory);
    }
}

}  // namespace oauth::exchange
