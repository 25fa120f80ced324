// Why a token would be refused: not the first reason, as in nginx, but all of them, and what differs.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "oauth/jwt/jwk_set.h"
#include "oauth/numeric_date.h"

namespace cli {

// What is not given is not checked.
struct TokenExpectations {
    const oauth::jwt::JwkSet* keys = nullptr;
    std::vector<std::string> issuers;
    std::vector<std::string> resources;
    std::vector<std::string> scopes;
    std::chrono::seconds leeway{0};
};

struct TokenReport {
    std::vector<std::string> header;     // a line for each member
    std::vector<std::string> claims;     // the same; times are said as dates too
    std::vector<std::string> reasons;    // "expired: ..."; empty: it would pass
    std::vector<std::string> unchecked;  // what would have needed an expectation
};

// `now` in seconds. Neither line ever holds the token or its signature.
TokenReport judge_token(std::string_view token, const TokenExpectations& expectations, oauth::NumericDate now);

}  // namespace cli
