#include "modules/auth_jwt/claim_rule.h"

#include "ngx/config.h"
#include "oauth/claims_rules.h"
#include "oauth/explanation.h"

namespace auth_jwt {

using oauth::Mismatch;

namespace {

oauth::Leeway::Of time_claim(const ClaimRule& rule) noexcept {
    if (rule.part != ClaimRule::Part::claims) return oauth::Leeway::Of::neither;
    if (rule.path->is_member("exp")) return oauth::Leeway::Of::exp;
    return rule.path->is_member("nbf") ? oauth::Leeway::Of::nbf : oauth::Leeway::Of::neither;
}

// A claim that is compared has the type that it may have; an array of issuers is none of them.
std::expected<std::optional<oauth::json::Value>, Mismatch> find_claim(const ClaimRule& rule,
                                                                      const oauth::json::Value& claims) {
    const std::string_view name = rule.path->first_member();
    const oauth::ClaimForm form = oauth::form_of(name);
    if (form != oauth::ClaimForm::any) {
        const auto claim = claims.member(name);
        if (!claim || claim->kind() == oauth::json::Kind::null) return std::nullopt;
        if (!oauth::has_form(*claim, form)) return std::unexpected(Mismatch::claim_malformed);
    }
    return rule.path->find(claims);
}

std::expected<std::optional<oauth::json::Value>, Mismatch> find_value(const ClaimRule& rule,
                                                                      const oauth::VerifiedToken& token) {
    if (rule.part == ClaimRule::Part::claims) return find_claim(rule, token.claims());
    const auto header = token.header();
    return header ? rule.path->find(*header) : std::nullopt;
}

}  // namespace

std::expected<void, Mismatch> check(const ClaimRule& rule, const oauth::VerifiedToken& token,
                                    std::chrono::seconds leeway, ngx_http_request_t* request,
                                    oauth::ExpectedCache& known) {
    const auto found = find_value(rule, token);
    if (!found) return std::unexpected(found.error());
    const auto& value = *found;
    const oauth::Leeway allowed{.claim = time_claim(rule), .time = leeway};
    if (rule.constant) return oauth::compare(value, rule.comparison, *rule.constant, allowed);
    const auto expected = known.read(ngx::evaluate(request, *rule.variable), rule.notation, rule.comparison.op);
    if (!expected) return std::unexpected(expected.error());
    return oauth::compare(value, rule.comparison, **expected, allowed);
}

std::string describe(const ClaimRule& rule) {
    return (rule.part == ClaimRule::Part::claims ? "claim " : "header parameter ") + ngx::in_quotes(rule.name) + ", " +
           rule.operator_name;
}

std::string explain(const ClaimRule& rule, Mismatch mismatch, const oauth::VerifiedToken& token) {
    const std::string text = describe(rule) + " (" + rule.place.text() + "): " + std::string(oauth::text(mismatch));
    const auto root = rule.part == ClaimRule::Part::claims ? token.claims() : token.header();
    const auto value = root ? rule.path->find(*root) : std::nullopt;
    return value ? text + ", it is " + std::string(oauth::kind_name(value->kind())) : text;
}

}  // namespace auth_jwt
