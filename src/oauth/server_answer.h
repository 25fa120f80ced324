// What an endpoint of the authorization server sent back, and what its status means before anyone reads the body.
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

#include "oauth/error.h"
#include "oauth/numeric_date.h"

namespace oauth {

struct ServerAnswer {
    int status = 0;
    std::string_view body = {};
    std::string_view content_encoding = {};  // empty: none
    std::string_view retry_after = {};
    std::string_view challenge = {};  // WWW-Authenticate
};

// nullopt for a 200 whose body may be read as it is. Everything else is the server's fault (RFC 6749 section 5.2).
std::optional<Error> server_fault(const ServerAnswer& answer) noexcept;

// How long the client of a request that failed by this answer should wait: what a 429 or 503 asked for (delta seconds
// or a date, RFC 9110 section 10.2.3), at least a second and at most a day; else a few seconds.
std::chrono::seconds retry_delay(const ServerAnswer& answer, NumericDate now) noexcept;

}  // namespace oauth
