// Why a token would be refused: not the first reason, as in nginx, but all of them, and what differs.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cli/settings/gateway.h"
#include "oauth/introspection/response.h"
#include "oauth/jwt/jwk_set.h"
#include "oauth/jwt/verifier.h"
#include "oauth/numeric_date.h"

namespace cli {

// What is not given is not checked.
struct TokenExpectations {
    const oauth::jwt::JwkSet* keys = nullptr;
    oauth::jwt::VerificationRules rules{};  // of claims, too: those that are empty are not checked
    bool accepts_any_issuer = false;        // whoever says what is accepted wants that
    std::vector<std::string> scopes{};
    std::vector<OperationScopes> operation_scopes{};
    std::vector<ImpliedScopes> implied_scopes{};
    std::string include_folder{};  // only nginx reads what is in there
};

struct TokenReport {
    std::vector<std::string> header{};     // a line for each member
    std::vector<std::string> claims{};     // the same; times are said as dates too
    std::vector<std::string> reasons{};    // "expired: ..."; empty: it would pass
    std::vector<std::string> remedies{};   // of each reason
    std::vector<std::string> unchecked{};  // what would have needed an expectation

    // Operations that need more scopes than every request: all of them, and the names of those that get 403.
    std::vector<std::string> operations{};
    std::vector<std::string> closed_operations{};
};

// `now` in seconds. Neither line ever holds the token or its signature.
TokenReport judge_token(std::string_view token, const TokenExpectations& expectations, oauth::NumericDate now);

// What an authorization server says of a token that is active (RFC 7662 section 2.2): by the same rules, as they are
// for such answers.
TokenReport judge_answer(const oauth::introspection::Response& answer, const TokenExpectations& expectations,
                         oauth::NumericDate now);

}  // namespace cli
