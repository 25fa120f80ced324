#include "cli/doctor/introspection.h"

#include <optional>
#include <utility>

#include "cli/terminal.h"
#include "oauth/error_answer.h"
#include "oauth/explanation.h"
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

constexpr auto warn = Verdict::warn;
constexpr auto fail = Verdict::fail;

constexpr std::string_view worthless_token = "mcp-resource-doctor-worthless-token";
const std::string section_response = "RFC 7662 2.2";

// As nginx calls it in its log.
std::string refused_as(Error error) {
    const auto& info = oauth::describe(error);
    return "refused as " + std::string(info.name) + ", " + std::string(info.text);
}

// What makes a better token is told by whoever sees the claim.
std::string remedy_for(Error error) {
    return error == Error::answer_claim_invalid
               ? "have the authorization server write this claim as RFC 7662 has it: nginx answers 503 until then"
               : "is this the right URL? It is that of MCP_INTROSPECT_ENDPOINT, introspection.url of the file, or "
                 "mcp_introspection";
}

class Answer {
public:
    Answer(Report& report, const IntrospectionClient& client, std::string_view token, const TokenUse& use)
        : report_(report), client_(client), token_(token), use_(use) {}

    void judge(const HttpAnswer& answer) {
        const SaidByServer server(answer);
        const oauth::ServerAnswer said = server.view();
        if (const auto error = oauth::introspection::refusal(said)) return judge_refusal(*error, said);
        const auto response = Response::parse(answer.body);
        if (!response && response.error() != Error::token_inactive)
            return say(fail, "answer",
                       {.finding = refused_as(response.error()), .remedy = remedy_for(response.error())},
                       section_response);
        good("client", shown(client_.id()) + " and its " + proof() + " are accepted", "RFC 7662 2.1");
        if (!response) return judge_inactive("false");
        if (token_.empty())
            return say(fail, "invalid token",
                       {.finding = "active: true for an invented token: this server accepts anything",
                        .remedy = "do not use this endpoint"},
                       section_response);
        good("active", "true", section_response);
        judge_claims(*response);
    }

private:
    void say(Verdict verdict, std::string_view subject, const Trouble& trouble, std::string section) {
        report_.add(verdict, "introspection: " + std::string(subject), trouble, std::move(section));
    }

    void good(std::string_view subject, const std::string& finding, std::string section) {
        report_.pass("introspection: " + std::string(subject), finding, std::move(section));
    }

    std::string proof() const {
        switch (client_.method()) {
            case oauth::ClientAuthentication::private_key_jwt:
                return "key";
            case oauth::ClientAuthentication::tls_client_auth:
                return "certificate";
            default:
                return "secret";
        }
    }

    void judge_refusal(Error error, const oauth::ServerAnswer& answer) {
        auto secrets = client_.secrets();
        secrets.push_back(token_);
        const std::string words = oauth::ErrorAnswer(answer).printable(secrets);
        const std::string told = "status " + std::to_string(answer.status) + (words.empty() ? "" : " " + words);
        if (error == Error::token_inactive) return judge_inactive(told + ", which means active: false");
        if (error == Error::token_kind_refused)
            return say(
                fail, "answer",
                {.finding = told + "; it does not introspect JWTs",
                 .remedy = "verify them by its keys: MCP_AUTH_MODE=auto with MCP_DISCOVERY=on, keys of the file, "
                           "or mcp_discovery on"},
                "RFC 7009 2.2.1");
        if (error != Error::server_refuses_client)
            return say(fail, "answer", {.finding = told + ": " + refused_as(error), .remedy = remedy_for(error)},
                       section_response);
        judge_refused_client(answer.status, told);
    }

    void judge_refused_client(int status, const std::string& told) {
        if (status == 403)
            return say(fail, "client",
                       {.finding = told + "; the " + proof() + " is not that of " + shown(client_.id()) +
                                   ", or it may not introspect",
                        .remedy = "let this client introspect at the authorization server, or check its " + proof()},
                       "RFC 7662 4");
        say(fail, "client",
            {.finding = told + "; it does not accept " + shown(client_.id()) + " and this " + proof(),
             .remedy = "check both (MCP_CLIENT_ID, MCP_CLIENT_SECRET_FILE, introspection of the file), or try another "
                       "way: --client-authentication"},
            "RFC 6749 5.2");
    }

    void judge_inactive(const std::string& told) {
        if (token_.empty())
            return good("invalid token", told + "; to check a valid token, give it with --token-file",
                        section_response);
        const auto claims = oauth::jwt::unverified_claims(token_);
        const Trouble why = claims ? why_inactive(claims->root()) : why_inactive();
        say(fail, "active", {.finding = told + ": " + why.finding, .remedy = why.remedy}, section_response);
    }

    Trouble why_inactive() const {
        return {.finding = "it has expired, was revoked, or this server tells " + shown(client_.id()) +
                           " nothing about it: some servers answer only clients in the token's audience",
                .remedy =
                    "get a new token and try again; if it stays inactive, let this client introspect it at the "
                    "authorization server"};
    }

    // By what the token says of itself: not verified, and only used to tell why a server may not like it.
    Trouble why_inactive(const Value& claims) const {
        ClaimsRules wanted = rules();
        wanted.accepted_audiences = use_.resources;
        if (!use_.issuer.empty()) wanted.accepted_issuers = {use_.issuer};
        if (const auto checked = oauth::check_claims(claims, wanted, use_.now); !checked)
            return {.finding = std::string(oauth::describe(checked.error()).text) + ": " +
                               oauth::explain(checked.error(), claims, wanted, use_.now),
                    .remedy = "get a new token for this resource from this authorization server"};
        if (oauth::audience_contains(claims, client_.id()))
            return {.finding = "the token was revoked, or its session has ended", .remedy = "get a new token"};
        return is_keycloak(text_of(claims, "iss"))
                   ? Trouble{.finding = "the token's aud does not name " + shown(client_.id()) +
                                        ", and Keycloak 26.6.2 and later reports it as inactive to other clients. "
                                        "Otherwise it was revoked",
                             .remedy = std::string(keycloak_remedy)}
                   : why_inactive();
    }

    static bool is_keycloak(std::string_view issuer) { return issuer.contains("/realms/"); }

    static constexpr std::string_view keycloak_remedy =
        "introspect as a client whose id is the resource URI, or add this one to aud by an audience mapper, or set its "
        "attribute allow.token.introspection.without.audience.check";

    // An answer need not say when the token ends, nor who has issued it.
    static ClaimsRules rules() {
        ClaimsRules rules;
        rules.allow_missing_expiration = true;
        rules.allow_missing_issuer = true;
        return rules;
    }

    void judge_claims(const Response& response) {
        const auto token = response.check(rules(), use_.now);
        if (!token) return say_refused("times", response, token.error(), rules(), "get a new token, or set the clocks");
        const Value claims = (*token)->claims();
        ClaimsRules by_audience = rules();
        by_audience.accepted_audiences = use_.resources;
        judge_claim(
            "aud", claims, response, by_audience,
            "have the authorization server issue tokens for this resource, or accept the other name: audiences of "
            "the file, or mcp_audience");
        judge_scope(claims);
        ClaimsRules by_issuer = rules();
        if (!use_.issuer.empty()) by_issuer.accepted_issuers = {use_.issuer};
        judge_claim("iss", claims, response, by_issuer,
                    "name the issuer of these tokens: MCP_ISSUER, issuers of the file, or mcp_issuer");
        ClaimsRules by_kind = rules();
        by_kind.bearer_only = true;
        judge_claim("cnf", claims, response, by_kind,
                    "have the authorization server issue plain Bearer tokens to this client");
    }

    // One rule at a time, so that each is told.
    void judge_claim(std::string_view name, const Value& claims, const Response& response, const ClaimsRules& rules,
                     std::string_view remedy) {
        if (const auto checked = response.check(rules, use_.now); !checked)
            return say_refused(name, response, checked.error(), rules, remedy);
        if (const auto value = claims.present(name)) good(name, value->to_json(), section_response);
    }

    void say_refused(std::string_view subject, const Response& response, Error error, const ClaimsRules& rules,
                     std::string_view remedy) {
        say(fail, subject,
            {.finding = refused_as(error) + ": " + response.explain(error, rules, use_.now),
             .remedy = error == Error::answer_claim_invalid ? remedy_for(error) : std::string(remedy)},
            section_response);
    }

    void judge_scope(const Value& claims) {
        const auto claim = oauth::ScopeClaim::of(claims);
        std::string missing;
        for (const std::string& scope : use_.scopes)
            if (!oauth::scope_contains(claims, scope)) missing.append(missing.empty() ? "" : " ").append(scope);
        if (!claim && use_.scopes.empty()) return good("scope", "there is none: none is needed", section_response);
        if (!claim) return say_scope(fail, "there is none: " + lacks(missing));
        if (const std::string why = oauth::explain_scope(claims); !why.empty()) return say_scope(fail, why);
        const std::string told = std::string(claim->name) + " " + claim->value.to_json();
        if (!missing.empty()) return say_scope(fail, told + ": " + lacks(missing));
        const bool usual = claim->name == "scope" && claim->value.kind() == Kind::string;
        if (usual) return good("scope", told, section_response);
        report_.note("introspection: scope", told + ": read here; RFC 7662 has one string, scope", section_response);
    }

    void say_scope(Verdict verdict, const std::string& finding) {
        say(verdict, "scope",
            {.finding = finding,
             .remedy = "let the client ask for these scopes, and the authorization server grant them and name them in "
                       "scope"},
            section_response);
    }

    static std::string lacks(const std::string& missing) { return "lacks " + missing + ", so requests get 403"; }

    Report& report_;
    const IntrospectionClient& client_;
    std::string_view token_;
    const TokenUse& use_;
};

}  // namespace

void examine_introspection(Report& report, const Ask& ask, const IntrospectionClient& client, std::string_view token,
                           const TokenUse& use) {
    report.expect(
        is_encrypted_or_local(client.endpoint()), warn, "introspection: TLS",
        client.endpoint().starts_with("https:") ? "https" : "plain http, on this machine",
        {.finding = "plain http: the secret and tokens can be read on their way",
         .remedy = "ask by https: MCP_INTROSPECT_ENDPOINT, introspection.url of the file, or mcp_introspection"},
        "RFC 7662 4");
    if (client.lacks_audience() && use.issuer.empty())
        return report.add(fail, "introspection: client",
                          {.finding = "not asked: an assertion names the authorization server, and none is known",
                           .remedy = "name it: --assertion-audience, with the issuer"},
                          "RFC 7523 3");
    const auto answer = ask(client.request(token.empty() ? worthless_token : token, use.issuer, use.now));
    if (!answer)
        return report.unanswered(fail, "introspection: answer", client.endpoint(), answer.error(), "RFC 7662 2");
    Answer(report, client, token, use).judge(*answer);
}

}  // namespace cli::doctor
