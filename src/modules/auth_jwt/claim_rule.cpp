#include "modules/auth_jwt/claim_rule.h"

#include "ngx/config.h"

namespace auth_jwt {

using oauth::Mismatch;

std::expected<oauth::Expected, Mismatch> read_expected(std::string_view text, ClaimRule::Notation notation,
                                                       oauth::Operator op) {
    return notation == ClaimRule::Notation::json ? oauth::Expected::from_json(text, op)
                                                 : oauth::Expected::from_string(text, op);
}

std::expected<void, Mismatch> check(const ClaimRule& rule, const oauth::VerifiedToken& token,
                                    ngx_http_request_t* request) {
    const auto root = rule.part == ClaimRule::Part::claims ? token.claims() : token.header();
    const auto value = root ? rule.path->find(*root) : std::nullopt;
    if (rule.constant) return oauth::compare(value, rule.comparison, *rule.constant);
    const std::string_view text = ngx::evaluate(request, *rule.variable);
    ClaimRule::Latest& latest = *rule.latest;
    if (!latest.expected || latest.text != text) {
        latest.expected.reset();  // should anything fail below, nothing stale is left
        auto expected = read_expected(text, rule.notation, rule.comparison.op);
        if (!expected) return std::unexpected(expected.error());
        latest.text = text;
        latest.expected = *std::move(expected);
    }
    return oauth::compare(value, rule.comparison, *latest.expected);
}

std::string describe(const ClaimRule& rule) {
    return (rule.part == ClaimRule::Part::claims ? "claim " : "header parameter ") + ngx::in_quotes(rule.name) + ", " +
           rule.operator_name;
}

}  // namespace auth_jwt
