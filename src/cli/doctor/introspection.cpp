#include "cli/doctor/introspection.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/base64url.h"
#include "base/form.h"
#include "base/http_url.h"
#include "cli/terminal.h"
#include "oauth/client_credentials.h"
#include "oauth/introspection/request.h"
#include "oauth/jwt/compact_jws.h"
#include "oauth/numeric_date.h"
#include "oauth/scope.h"

namespace cli::doctor {
namespace {

using oauth::json::Document;
using oauth::json::Kind;
using oauth::json::Value;

constexpr auto pass = Verdict::pass;
constexpr auto warn = Verdict::warn;
constexpr auto fail = Verdict::fail;

constexpr std::string_view worthless_token = "mcp-resource-doctor-worthless-token";
const std::string section_response = "RFC 7662 2.2";

HttpRequest request_of(const IntrospectionClient& client, std::string_view token) {
    HttpRequest request = {.url = client.endpoint,
                           .method = "POST",
                           .headers = {"Accept: application/json", "Content-Type: application/x-www-form-urlencoded"},
                           .body = oauth::introspection::request_form(token)};
    if (client.in_body)
        request.body += "&client_id=" + base::form_encode(client.id) +
                        "&client_secret=" + base::form_encode(client.secret.reveal());
    else
        request.headers.push_back("Authorization: " +
                                  std::string(oauth::basic_credentials(client.id, client.secret.reveal()).reveal()));
    return request;
}

// What a JWT says of itself: not verified, and only used to tell why a server may not like it.
std::optional<Document> unverified_claims(std::string_view token) {
    if (!oauth::jwt::is_compact_jws(token)) return std::nullopt;
    const auto parts = oauth::jwt::split_compact_jws(token);
    if (!parts) return std::nullopt;
    auto claims = Document::parse_base64url(parts->payload);
    if (!claims) return std::nullopt;
    return std::move(*claims);
}

// A string, or an array that may hold other things beside ours.
bool names(const Value& audience, std::string_view wanted) {
    if (const auto one = audience.string()) return *one == wanted;
    bool found = false;
    audience.each_element([&](Value element) {
        found = element.string().value_or("") == wanted;
        return !found;
    });
    return found;
}

class Introspection {
public:
    Introspection(Report& report, const IntrospectionClient& client, std::string_view token, const TokenUse& use)
        : report_(report), client_(client), token_(token), use_(use) {}

    void judge(const std::expected<HttpAnswer, std::string>& answer) {
        if (!answer) return say(fail, "answer", answer.error(), "RFC 7662 2");
        auto body = Document::parse(answer->body);
        const bool is_object = body && body->root().kind() == Kind::object;
        if (answer->status != 200) return judge_error(*answer, is_object ? &*body : nullptr);
        const auto active = is_object ? present(body->root(), "active") : std::nullopt;
        if (!active || active->kind() != Kind::boolean)
            return say(fail, "answer", "status 200 without \"active\": true or false; is this the right URL?",
                       section_response);
        say(pass, "client", shown(client_.id) + " and its secret are accepted", "RFC 7662 2.1");
        if (token_.empty()) return judge_worthless(*active->boolean());
        if (!*active->boolean()) return judge_inactive();
        say(pass, "active", "true", section_response);
        judge_claims(body->root());
    }

private:
    void say(Verdict verdict, std::string_view subject, const std::string& finding, std::string section) {
        report_.add(verdict, "introspection: " + std::string(subject), finding, std::move(section));
    }

    void judge_worthless(bool active) {
        if (active)
            say(fail, "worthless token",
                "active: true for a token that nobody has issued: this server accepts anything", section_response);
        else
            say(pass, "worthless token", "active: false; give a good one with --token-file to see what it says of that",
                section_response);
    }

    void judge_error(const HttpAnswer& answer, const Document* body) {
        const std::string_view error = body != nullptr ? text_of(body->root(), "error") : "";
        const std::string_view description = body != nullptr ? text_of(body->root(), "error_description") : "";
        const auto active = body != nullptr ? present(body->root(), "active") : std::nullopt;
        const std::string told = status_of(answer) + (error.empty() ? "" : " " + shown(error)) +
                                 (description.empty() ? "" : ": " + shown(description));
        if (active && active->boolean() == false)
            say(token_.empty() ? pass : fail, "active", told + " with active: false, for a token it does not know",
                section_response);
        else if (error == "unsupported_token_type")
            say(fail, "answer", told + "; it introspects no JWTs: verify them by its keys (mcp_discovery on)",
                "RFC 7009 2.2.1");
        else if (answer.status == 401 || error == "invalid_client" || error == "unauthorized_client")
            say(fail, "client",
                told + "; it does not accept " + shown(client_.id) + " and this secret" +
                    (client_.in_body ? "" : " by HTTP Basic (another way: --client-authentication)"),
                "RFC 6749 5.2");
        else if (answer.status == 403)
            say(fail, "client",
                told + "; the secret is not that of " + shown(client_.id) + ", or it may not introspect", "RFC 7662 4");
        else
            say(fail, "answer", told + " instead of 200", section_response);
    }

    void judge_inactive() {
        const auto claims = unverified_claims(token_);
        say(fail, "active", "false: " + (claims ? why_inactive(claims->root()) : why_inactive()), section_response);
    }

    std::string why_inactive() const {
        return "it has expired, was revoked, or this server tells " + shown(client_.id) +
               " nothing about it: some tell only clients that the token is for";
    }

    // By what the token says of itself.
    std::string why_inactive(const Value& claims) const {
        const auto expires = present(claims, "exp");
        const auto at = expires ? oauth::numeric_date(*expires, oauth::Rounding::down) : std::nullopt;
        if (at && *at <= use_.now) return "the token expired " + std::to_string(use_.now - *at) + " s ago";
        const std::string_view issuer = text_of(claims, "iss");
        if (!use_.issuer.empty() && !issuer.empty() && issuer != use_.issuer)
            return "the token is from " + shown(issuer) + ", not from " + shown(use_.issuer);
        const auto audience = present(claims, "aud");
        const std::string told = audience ? audience->to_json() : "none";
        if (!audience || !names(*audience, use_.resource))
            return "the token's aud is " + told + " and does not name " + shown(use_.resource);
        if (names(*audience, client_.id)) return "the token was revoked, or its session has ended";
        return is_keycloak(issuer)
                   ? "the token's aud " + told + " does not name " + shown(client_.id) + keycloak_remedy()
                   : why_inactive();
    }

    static bool is_keycloak(std::string_view issuer) { return issuer.find("/realms/") != std::string_view::npos; }

    static std::string keycloak_remedy() {
        return ", and Keycloak from 26.6.2 on tells nothing to others: introspect as a client whose id is the resource "
               "URI, or add this one to aud by an audience mapper, or set its attribute "
               "allow.token.introspection.without.audience.check. Else it was revoked";
    }

    void judge_claims(const Value& answer) {
        judge_audience(answer);
        judge_scope(answer);
        const auto issuer = present(answer, "iss");
        if (issuer && !use_.issuer.empty())
            report_.expect(
                issuer->string() == use_.issuer, fail, "introspection: iss", issuer->to_json(),
                "is " + issuer->to_json() + ", not " + shown(use_.issuer) + ": refused as issuer_not_accepted",
                section_response);
    }

    void judge_audience(const Value& answer) {
        const auto audience = present(answer, "aud");
        if (!audience)
            return say(fail, "aud",
                       "is missing: refused as audience_missing, as nothing says that the token is for " +
                           shown(use_.resource) + "; have the authorization server tell it",
                       section_response);
        report_.expect(names(*audience, use_.resource), fail, "introspection: aud", audience->to_json(),
                       "is " + audience->to_json() + " and does not name " + shown(use_.resource) +
                           ": refused as audience_not_accepted; mcp_resource_alias accepts another name",
                       section_response);
    }

    void judge_scope(const Value& answer) {
        const auto claim = oauth::ScopeClaim::of(answer);
        std::string missing;
        for (const std::string& scope : use_.scopes)
            if (!oauth::scope_contains(answer, scope)) missing.append(missing.empty() ? "" : " ").append(scope);
        if (!claim)
            return say(use_.scopes.empty() ? pass : fail, "scope", "there is none: " + lacks(missing),
                       section_response);
        const std::string told = std::string(claim->name) + " " + claim->value.to_json();
        if (!claim->is_well_formed())
            return say(fail, "scope", told + " is no scope: it grants nothing", section_response);
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
    Introspection(report, client, token, use).judge(ask(request_of(client, token.empty() ? worthless_token : token)));
}

}  // namespace cli::doctor
