// The response of token exchange (RFC 8693 section 2.2).
#pragma once

#include <chrono>
#include <cstddef>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "oauth/error.h"
#include "oauth/server_answer.h"

namespace oauth::exchange {

struct IssuedToken {
    std::string access_token;  // visible ASCII only: safe in a header
    std::string token_type;    // "Bearer", as the server spells it
    std::optional<std::chrono::seconds> expires_in;
};

// nullopt for an answer whose body read_response() may read. exchange_refused is the server's last word on this
// exchange; everything else is its fault.
//
// A 400 is no word about our secret, whatever its code: RFC 6749 section 5.2 has 401 for that, and Keycloak says
// "invalid_client" of an audience that it does not know.
std::optional<Error> refusal(const ServerAnswer& answer) noexcept;

constexpr std::size_t max_token_bytes = std::size_t{16} * 1024;

// Errors: those of json::Document, exchange_answer_invalid, out_of_memory. A token that is the subject token again is
// refused: it must not be passed on (SPEC 13).
std::expected<IssuedToken, Error> read_response(std::string_view body, std::string_view subject_token) noexcept;

}  // namespace oauth::exchange
