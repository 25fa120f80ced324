#include "cli/doctor/introspection.h"

#include <array>
#include <optional>
#include <utility>

#include "cli/terminal.h"
#include "oauth/error_answer.h"
#include "oauth/explanation.h"
#include "oauth/introspection/request.h"
#include "oauth/introspection/response.h"
#include "oauth/jwt/compact_jws.h"
#include "oauth/scope.h"

namespace cli::doctor {
namespace {

using oauth::ClaimsRules;
using oauth::Error;
using oauth::introspection::Response;
using oauth::json::Kind;
using oauth::json::Value;

constexpr auto pass = Verdict::pass;
constexpr auto warn = Verdict::warn;
constexpr auto fail = Verdict::fail;

constexpr std::string_view worthless_token = "mcp-resource-doctor-worthless-token";
const std::string section_response = "RFC 7662 2.2";

HttpRequest request_of(const IntrospectionClient& client, std::string_view token, oauth::NumericDate now) {
    HttpRequest request = {.url = client.endpoint,
                           .method = "POST",
                           .headers = {"Accept: application/json", "Content-Type: application/x-www-form-urlencoded"},
                           .body = oauth::introspection::request_form(token)};
    request.body += client.credentials.form_members(now).reveal();
    if (const std::string_view value = client.credentials.authorization(); !value.empty())
        request.headers.push_back("Authorization: " + std::string(value));
    return request;
}

// Some servers send a line for each scheme.
std::string challenges_of(const HttpAnswer& answer) {
    std::string text;
    for (const std::string_view line : answer.lines("www-authenticate"))
        text.append(text.empty() ? "" : ", ").append(line);
    return text;
}

// As nginx calls it in its log.
std::string refused_as(Error error) {
    const auto& info = oauth::describe(error);
    return "refused as " + std::string(info.name) + ", " + std::string(info.text);
}

std::string_view remedy_for(Error error) noexcept {
    return error == Error::answer_claim_invalid ? "; nginx answers 503" : "; is this the right URL?";
}

class Introspection {
public:
    Introspection(Report& report, const IntrospectionClient& client, std::string_view token, const TokenUse& use)
        : report_(report), client_(client), token_(token), use_(use) {}

    void judge(const HttpAnswer& answer) {
        const std::string challenge = challenges_of(answer);
        const oauth::ServerAnswer said = {.status = answer.status,
                                          .body = answer.body,
                                          .content_encoding = answer.header("content-encoding"),
                                          .retry_after = answer.header("retry-after"),
                                          .challenge = challenge};
        if (const auto error = oauth::introspection::refusal(said)) return judge_refusal(*error, said);
        const auto response = Response::parse(answer.body);
        if (!response && response.error() != Error::token_inactive)
            return say(fail, "answer", refused_as(response.error()) + std::string(remedy_for(response.error())),
                       section_response);
        say(pass, "client", shown(client_.id) + " and its secret are accepted", "RFC 7662 2.1");
        if (!response) return judge_inactive("false");
        if (token_.empty())
            return say(fail, "worthless token",
                       "active: true for a token that nobody has issued: this server accepts anything",
                       section_response);
        say(pass, "active", "true", section_response);
        judge_claims(*response);
    }

private:
    void say(Verdict verdict, std::string_view subject, const std::string& finding, std::string section) {
        report_.add(verdict, "introspection: " + std::string(subject), finding, std::move(section));
    }

    void judge_refusal(Error error, const oauth::ServerAnswer& answer) {
        const auto [secret, authorization] = client_.credentials.secrets();
        const std::string words = oauth::ErrorAnswer(answer).printable(std::array{token_, secret, authorization});
        const std::string told = "status " + std::to_string(answer.status) + (words.empty() ? "" : " " + words);
        if (error == Error::token_inactive) return judge_inactive(told + ", which means active: false");
        if (error == Error::token_kind_refused)
            return say(fail, "answer", told + "; it introspects no JWTs: verify them by its keys (mcp_discovery on)",
                       "RFC 7009 2.2.1");
        if (error != Error::server_refuses_client)
            return say(fail, "answer", told + ": " + refused_as(error), section_response);
        if (answer.status == 403)
            return say(fail, "client",
                       told + "; the secret is not that of " + shown(client_.id) + ", or it may not introspect",
                       "RFC 7662 4");
        say(fail, "client",
            told + "; it does not accept " + shown(client_.id) +
                " and this secret (another way: --client-authentication)",
            "RFC 6749 5.2");
    }

    void judge_inactive(const std::string& told) {
        if (token_.empty())
            return say(pass, "worthless token",
                       told + "; give a good one with --token-file to see what it says of that", section_response);
        const auto claims = oauth::jwt::unverified_claims(token_);
        say(fail, "active", told + ": " + (claims ? why_inactive(claims->root()) : why_inactive()), section_response);
    }

    std::string why_inactive() const {
        return "it has expired, was revoked, or this server tells " + shown(client_.id) +
               " nothing about it: some tell only clients that the token is for";
    }

    // By what the token says of itself: not verified, and only used to tell why a server may not like it.
    std::string why_inactive(const Value& claims) const {
        ClaimsRules wanted = rules();
        wanted.accepted_audiences = use_.resources;
        if (!use_.issuer.empty()) wanted.accepted_issuers = {use_.issuer};
        if (const auto checked = oauth::check_claims(claims, wanted, use_.now); !checked)
            return std::string(oauth::describe(checked.error()).text) + ": " +
                   oauth::explain(checked.error(), claims, wanted, use_.now);
        if (oauth::audience_contains(claims, client_.id)) return "the token was revoked, or its session has ended";
        return is_keycloak(text_of(claims, "iss"))
                   ? "the token's aud does not name " + shown(client_.id) + keycloak_remedy()
                   : why_inactive();
    }

    static bool is_keycloak(std::string_view issuer) { return issuer.find("/realms/") != std::string_view::npos; }

    static std::string keycloak_remedy() {
        return ", and Keycloak from 26.6.2 on tells nothing to others: introspect as a client whose id is the resource "
               "URI, or add this one to aud by an audience mapper, or set its attribute "
               "allow.token.introspection.without.audience.check. Else it was revoked";
    }

    // An answer need not say when the token ends, nor who has issued it.
    static ClaimsRules rules() {
        ClaimsRules rules;
        rules.allow_missing_expiration = true;
        rules.allow_missing_issuer = true;
        return rules;
    }

    void judge_claims(const Response& response) {
        const auto token = response.check(rules(), use_.now);
        if (!token) return say_refused("times", response, token.error(), rules());
        const Value claims = (*token)->claims();
        ClaimsRules by_audience = rules();
        by_audience.accepted_audiences = use_.resources;
        judge_claim("aud", claims, response, by_audience, "; mcp_audience accepts another name");
        judge_scope(claims);
        ClaimsRules by_issuer = rules();
        if (!use_.issuer.empty()) by_issuer.accepted_issuers = {use_.issuer};
        judge_claim("iss", claims, response, by_issuer);
        ClaimsRules by_kind = rules();
        by_kind.bearer_only = true;
        judge_claim("cnf", claims, response, by_kind);
    }

    // One rule at a time, so that each is told.
    void judge_claim(std::string_view name, const Value& claims, const Response& response, const ClaimsRules& rules,
                     std::string_view remedy = "") {
        if (const auto checked = response.check(rules, use_.now); !checked)
            return say_refused(name, response, checked.error(), rules, remedy);
        if (const auto value = claims.present(name)) say(pass, name, value->to_json(), section_response);
    }

    void say_refused(std::string_view subject, const Response& response, Error error, const ClaimsRules& rules,
                     std::string_view remedy = "") {
        say(fail, subject, refused_as(error) + ": " + response.explain(error, rules, use_.now) + std::string(remedy),
            section_response);
    }

    void judge_scope(const Value& claims) {
        const auto claim = oauth::ScopeClaim::of(claims);
        std::string missing;
        for (const std::string& scope : use_.scopes)
            if (!oauth::scope_contains(claims, scope)) missing.append(missing.empty() ? "" : " ").append(scope);
        if (!claim)
            return say(use_.scopes.empty() ? pass : fail, "scope", "there is none: " + lacks(missing),
                       section_response);
        if (const std::string why = oauth::explain_scope(claims); !why.empty())
            return say(fail, "scope", why, section_response);
        const std::string told = std::string(claim->name) + " " + claim->value.to_json();
        if (!missing.empty()) return say(fail, "scope", told + ": " + lacks(missing), section_response);
        const bool usual = claim->name == "scope" && claim->value.kind() == Kind::string;
        say(usual ? pass : warn, "scope", told + (usual ? "" : ": read here; RFC 7662 has one string, scope"),
            section_response);
    }

    static std::string lacks(const std::string& missing) {
        return missing.empty() ? "none is needed" : "lacks " + missing + ", so requests get 403";
    }

    Report& report_;
    const IntrospectionClient& client_;
    std::string_view token_;
    const TokenUse& use_;
};

}  // namespace

void examine_introspection(Report& report, const Ask& ask, const IntrospectionClient& client, std::string_view token,
                           const TokenUse& use) {
    report.expect(is_encrypted_or_local(client.endpoint), warn, "introspection: TLS",
                  client.endpoint.starts_with("https:") ? "https" : "plain http, on this machine",
                  "plain http: the secret and tokens can be read on their way", "RFC 7662 4");
    const auto answer = ask(request_of(client, token.empty() ? worthless_token : token, use.now));
    if (!answer) return report.add(fail, "introspection: answer", answer.error(), "RFC 7662 2");
    Introspection(report, client, token, use).judge(*answer);
}

}  // namespace cli::doctor
