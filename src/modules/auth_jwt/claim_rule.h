// auth_jwt_require_claim and auth_jwt_require_header.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "ngx/config.h"
#include "ngx/nginx.h"
#include "oauth/claim_expression.h"
#include "oauth/claim_path.h"
#include "oauth/expected_cache.h"
#include "oauth/verified_token.h"

namespace auth_jwt {

struct ClaimRule {
    enum class Part : std::uint8_t {
        claims,
        header
    };

    Part part;
    std::string name;                      // as the directive says it
    std::optional<oauth::ClaimPath> path;  // of a plain name only when the levels are merged: auth_jwt_allow_nested
    std::string operator_name;
    ngx::ConfigPlace place;
    oauth::Comparison comparison;
    oauth::Notation notation;  // json: json=..., or $variable
    // Either the value is known with the configuration, or it has variables.
    std::shared_ptr<const oauth::Expected> constant;
    ngx_http_complex_value_t* variable = nullptr;
};

// `known`: of the worker, for values with variables. Throws std::bad_alloc.
std::expected<void, oauth::Mismatch> check(const ClaimRule& rule, const oauth::VerifiedToken& token,
                                           std::chrono::seconds leeway, ngx_http_request_t* request,
                                           oauth::ExpectedCache& known);

// Which rule it is: claim "aud", eq.
std::string describe(const ClaimRule& rule);

// For the log, why this token does not pass, without what it says or what was expected:
//   claim "role", eq (nginx.conf:12): the comparison fails, it is a string
std::string explain(const ClaimRule& rule, oauth::Mismatch mismatch, const oauth::VerifiedToken& token);

}  // namespace auth_jwt
