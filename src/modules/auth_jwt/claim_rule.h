// auth_jwt_require_claim and auth_jwt_require_header.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "ngx/nginx.h"
#include "oauth/claim_expression.h"
#include "oauth/claim_path.h"
#include "oauth/verified_token.h"

namespace auth_jwt {

struct ClaimRule {
    enum class Part : std::uint8_t {
        claims,
        header
    };
    enum class Notation : std::uint8_t {
        text,  // a plain string
        json   // json=..., or $variable
    };

    Part part;
    std::string name;                      // as the directive says it
    std::optional<oauth::ClaimPath> path;  // of a plain name only when the levels are merged: auth_jwt_allow_nested
    std::string operator_name;
    oauth::Comparison comparison;
    Notation notation;
    // Either the value is known with the configuration, or it has variables.
    std::shared_ptr<const oauth::Expected> constant;
    ngx_http_complex_value_t* variable = nullptr;
    // Variables mostly have the same value in every request: it is read (and a pattern compiled) when it changes.
    struct Latest {
        std::string text;
        std::optional<oauth::Expected> expected;
    };
    std::shared_ptr<Latest> latest = nullptr;  // of a rule with variables; shared with where it is inherited
};

// Throws std::bad_alloc.
std::expected<oauth::Expected, oauth::Mismatch> read_expected(std::string_view text, ClaimRule::Notation notation,
                                                              oauth::Operator op);
std::expected<void, oauth::Mismatch> check(const ClaimRule& rule, const oauth::VerifiedToken& token,
                                           std::chrono::seconds leeway, ngx_http_request_t* request);

// For the log: claim "aud", eq.
std::string describe(const ClaimRule& rule);

}  // namespace auth_jwt
