// From what the directives say to an endpoint, and everything that cannot agree is refused.
#include <algorithm>
#include <array>
#include <iterator>
#include <new>
#include <span>
#include <utility>

#include "base/http_url.h"
#include "mcp/metadata.h"
#include "mcp/token_rules.h"
#include "modules/mcp_resource/config.h"
#include "ngx/config.h"
#include "oauth/scope.h"

namespace mcp_resource {
namespace {

using ngx::ConfigError;
using ngx::in_quotes;
using ngx::url_in_quotes;

void warn_about_plain_http(ngx_conf_t* cf, std::string_view directive, std::string_view text) {
    const auto uri = mcp::ResourceUri::parse(text);
    if (uri && !uri->is_secure() && !uri->is_loopback())
        ngx::warn(cf, directive, url_in_quotes(text) + " is plain http: tokens can be read and changed on their way");
}

oauth::ClaimsRules claims_rules_for(const LocationConf& conf, const mcp::ResourceUri& uri,
                                    std::vector<std::string> issuers) {
    return mcp::claims_rules(uri, conf.audiences, std::move(issuers), conf.leeway.value_or(std::chrono::seconds(0)));
}

oauth::jwt::VerificationRules rules_for(const LocationConf& conf, const mcp::ResourceUri& uri,
                                        std::vector<std::string> issuers) {
    oauth::jwt::VerificationRules rules;
    rules.claims = claims_rules_for(conf, uri, std::move(issuers));
    rules.allowed_algorithms = conf.algorithms.value_or(oauth::jwt::AlgorithmSet::all());
    rules.type = conf.type.value_or(oauth::jwt::TypeRule::not_another_kind);
    return rules;
}

// What "mcp_jwks" names, or the issuer's own metadata.
authority::IssuerKeys& keys_from(MainConf& main, ngx_conf_t* cf, std::string_view directive, const std::string& source,
                                 bool discover) {
    auto& keys = main.keys[(discover ? "discovery of " : "") + source];
    if (keys) return *keys;
    const bool is_file = !discover && !base::is_meant_as_url(source);
    const ngx::TrustStore* trusted = is_file ? nullptr : &trust_store(main);
    try {
        if (is_file) {
            keys = authority::IssuerKeys::from_file(source, cf->log);
            return *keys;
        }
        const oauth::discovery::FreshnessBounds bounds;
        const authority::RemoteKeysOptions options{
            .trusted = trusted,
            .shared = main.zone,
            .freshness = bounds.capped_at(main.keys_max_age.value_or(bounds.longest)),
            .listener = &main.authority_events};
        keys = discover ? authority::IssuerKeys::from_discovery(source, options)
                        : authority::IssuerKeys::from_url(source, options);
    } catch (const ConfigError& error) {
        refuse_directive(directive, error.what());
    }
    warn_about_plain_http(cf, directive, source);
    return *keys;
}

bool introspects(const LocationConf& conf) noexcept {
    return conf.introspection && !conf.introspection->url.empty();
}

// Who an assertion is for (RFC 7523 section 3): the authorization server, by its issuer identifier, as everybody who
// decided about it since says (draft-ietf-oauth-rfc7523bis).
std::string_view assertion_audience(const LocationConf& conf) {
    const IntrospectionDirective& directive = *conf.introspection;
    if (!directive.proof->lacks_audience()) return {};
    if (directive.issuer) return *directive.issuer;
    if (conf.authorization_servers.size() != 1)
        refuse_directive("mcp_introspection",
                         "several \"mcp_authorization_server\" are set: name the one that is asked in "
                         "\"assertion_audience=...\" or \"issuer=...\"");
    return conf.authorization_servers.front();
}

// One client for all locations that ask the same server in the same way.
authority::IntrospectionClient& introspection_client(MainConf& main, ngx_conf_t* cf, const LocationConf& conf) {
    const IntrospectionDirective& directive = *conf.introspection;
    authority::IntrospectionClient::Settings settings{
        .url = directive.url,
        .credentials = directive.proof->credentials(assertion_audience(conf)),
        .certificate = directive.proof->certificate(),
        .trusted = &trust_store(main),
        .cache = main.zone,
        .keep_for = directive.keep_for,
        .listener = &main.authority_events};
    const auto key = settings.identity();
    if (const auto known = main.introspection.find(key); known != main.introspection.end()) return known->second;

    warn_about_plain_http(cf, "mcp_introspection", directive.url);
    if (main.zone == nullptr)
        ngx::warn(cf, "mcp_introspection",
                  "there is no \"mcp_zone\" to cache results in: every request is introspected at " +
                      url_in_quotes(directive.url));
    try {
        return main.introspection.try_emplace(key, std::move(settings)).first->second;
    } catch (const ConfigError& error) {
        refuse_directive("mcp_introspection", error.what());
    }
}

// Answers need not name an issuer (RFC 7662 section 2.2), since one server gives them all.
std::optional<Introspection> introspection_of(ngx_conf_t* cf, MainConf& main, const LocationConf& conf,
                                              const mcp::ResourceUri& uri) {
    if (!introspects(conf)) return std::nullopt;
    std::vector<std::string> issuers =
        conf.accepted_issuers.empty() ? conf.authorization_servers : conf.accepted_issuers;
    if (conf.skip_issuer_check.value_or(false)) issuers.clear();
    if (conf.introspection->issuer) issuers = {*conf.introspection->issuer};
    authority::IntrospectionClient& client = introspection_client(main, cf, conf);
    return Introspection{mcp::introspection_rules(claims_rules_for(conf, uri, std::move(issuers))), &client};
}

// Statement by statement: when a member of a braced list throws, g++ 12 destroys those before it twice.
Issuer issuer_with(authority::IssuerKeys& keys, const LocationConf& conf, const mcp::ResourceUri& uri,
                   std::vector<std::string> accepted) {
    auto rules = rules_for(conf, uri, std::move(accepted));
    return {std::move(rules), &keys};
}

// The keys that an issuer publishes verify its own tokens; or, of the only one, those that carry another name.
std::vector<Issuer> discovered_issuers(ngx_conf_t* cf, MainConf& main, const LocationConf& conf,
                                       const mcp::ResourceUri& uri) {
    const bool any = conf.skip_issuer_check.value_or(false);
    const auto& servers = conf.authorization_servers;
    if (servers.size() > 1 && (any || !conf.accepted_issuers.empty()))
        refuse_directive(
            any ? "mcp_insecure_skip_issuer_check" : "mcp_issuer",
            "with \"mcp_discovery\" and more than one \"mcp_authorization_server\" it does not say whose keys verify "
            "those tokens; use \"mcp_jwks url issuer=...\" for each issuer");
    std::vector<Issuer> issuers;
    issuers.reserve(servers.size());
    for (const std::string& server : servers) {
        auto accepted = any ? std::vector<std::string>() : conf.accepted_issuers;
        if (!any && accepted.empty()) accepted.push_back(server);
        issuers.push_back(
            issuer_with(keys_from(main, cf, "mcp_discovery", server, true), conf, uri, std::move(accepted)));
    }
    return issuers;
}

// The one source of keys, which serves whatever issuers are accepted.
Issuer only_issuer(ngx_conf_t* cf, MainConf& main, const LocationConf& conf, const mcp::ResourceUri& uri,
                   std::vector<std::string> accepted) {
    const std::string& source = conf.keys.front().source;
    const bool any = conf.skip_issuer_check.value_or(false);
    if (accepted.size() > 1 && !any)
        refuse_directive("mcp_jwks",
                         url_in_quotes(source) + " needs \"issuer=...\", because there are several issuers");
    if (any) accepted.clear();
    return issuer_with(keys_from(main, cf, "mcp_jwks", source, false), conf, uri, std::move(accepted));
}

// Of several sources each says whose keys it has.
std::vector<Issuer> named_issuers(ngx_conf_t* cf, MainConf& main, const LocationConf& conf, const mcp::ResourceUri& uri,
                                  const std::vector<std::string>& accepted) {
    if (conf.skip_issuer_check.value_or(false))
        refuse_directive("mcp_insecure_skip_issuer_check",
                         "it has no effect where \"mcp_jwks\" has \"issuer=\"; remove \"issuer=\", "
                         "or list the issuers in \"mcp_issuer\"");
    std::vector<Issuer> issuers;
    for (const KeyDirective& key : conf.keys) {
        if (key.issuer.empty())
            refuse_directive("mcp_jwks",
                             url_in_quotes(key.source) + " needs \"issuer=...\", because there are other keys");
        if (std::ranges::find(accepted, key.issuer) == accepted.end())
            refuse_directive("mcp_jwks", in_quotes(key.issuer) + " is not among the accepted issuers");
        if (std::ranges::count(conf.keys, key.issuer, &KeyDirective::issuer) > 1)
            refuse_directive("mcp_jwks", "issuer " + in_quotes(key.issuer) + " has more than one source of keys");
        issuers.push_back(issuer_with(keys_from(main, cf, "mcp_jwks", key.source, false), conf, uri, {key.issuer}));
    }
    for (const std::string& issuer : accepted)
        if (std::ranges::find(conf.keys, issuer, &KeyDirective::issuer) == conf.keys.end())
            refuse_directive("mcp_jwks", "there are no keys for issuer " + in_quotes(issuer));
    return issuers;
}

std::vector<Issuer> issuers_of(ngx_conf_t* cf, MainConf& main, const LocationConf& conf, const mcp::ResourceUri& uri) {
    if (conf.discovery.value_or(false)) return discovered_issuers(cf, main, conf, uri);
    if (conf.keys.empty()) {
        if (introspects(conf)) return {};
        refuse_directive("mcp_resource", in_quotes(uri.text()) +
                                             " has no way to verify a token; add \"mcp_discovery on\", \"mcp_jwks\" or "
                                             "\"mcp_introspection\"");
    }
    const auto& accepted = conf.accepted_issuers.empty() ? conf.authorization_servers : conf.accepted_issuers;
    if (conf.keys.size() == 1 && conf.keys.front().issuer.empty()) return {only_issuer(cf, main, conf, uri, accepted)};
    return named_issuers(cf, main, conf, uri, accepted);
}

// What holds of every issuer's tokens, and who all the issuers are.
oauth::jwt::VerificationRules rules_of_all(const std::vector<Issuer>& issuers) {
    if (issuers.empty()) return {};
    auto rules = issuers.front().rules;
    auto& accepted = rules.claims.accepted_issuers;
    for (const Issuer& issuer : std::span(issuers).subspan(1))
        std::ranges::copy(issuer.rules.claims.accepted_issuers, std::back_inserter(accepted));
    return rules;
}

// SPEC 6: the basic set, which is what every request needs, unless the operator says more. Some clients ask for these
// alone, so what the challenge names is among them.
std::vector<std::string> scopes_supported(const LocationConf& conf) {
    if (!conf.scopes_supported.empty()) return conf.scopes_supported;
    std::vector<std::string> names;
    const auto add = [&](const std::vector<std::string>& scopes) {
        std::ranges::copy_if(scopes, std::back_inserter(names),
                             [&](const std::string& name) { return std::ranges::find(names, name) == names.end(); });
    };
    for (const ScopeDirective& rule : conf.scopes)
        if (rule.operations.is_general()) add(rule.scopes);
    add(conf.challenge_scopes);
    return names;
}

void add_metadata(Endpoint& endpoint, const LocationConf& conf) {
    const mcp::ResourceUri& uri = endpoint.resource.uri;
    endpoint.metadata_paths = {uri.well_known_path()};
    endpoint.resource.metadata_uri = std::string(uri.origin()) + uri.well_known_path();
    if (conf.metadata_uri) {
        if (conf.metadata_uri->origin() != uri.origin())
            refuse_directive("mcp_metadata_uri", in_quotes(conf.metadata_uri->text()) + " is not at the origin of " +
                                                     in_quotes(uri.text()) + ", where this server is reached; use " +
                                                     in_quotes(uri.origin()) + " and a path");
        endpoint.resource.metadata_uri = conf.metadata_uri->text();
        const std::string path = std::string(conf.metadata_uri->path()) + std::string(conf.metadata_uri->query());
        if (path == std::string(uri.path()) + std::string(uri.query()))
            refuse_directive("mcp_metadata_uri", in_quotes(conf.metadata_uri->text()) + " is the resource itself");
        if (conf.metadata_uri->path().empty())
            refuse_directive("mcp_metadata_uri", in_quotes(conf.metadata_uri->text()) + " has no path");
        if (path != endpoint.metadata_paths.front()) endpoint.metadata_paths.push_back(path);
    }
    endpoint.metadata_document = mcp::metadata_document({.resource = uri,
                                                         .authorization_servers = endpoint.authorization_servers,
                                                         .scopes_supported = endpoint.scopes_supported,
                                                         .bearer_methods_supported = {"header"},
                                                         .descriptions = conf.descriptions});
}

// Who writes such a directive in a location believes that it is protected.
void refuse_directives_without_resource(const LocationConf& conf) {
    static constexpr std::array<std::string_view, 6> of_locations = {"mcp_audience",        "mcp_resource_name",
                                                                     "mcp_metadata_uri",    "mcp_scope",
                                                                     "mcp_allow_anonymous", "mcp_claim_header"};
    if (!conf.is_location) return;
    for (const std::string& directive : conf.own_directives) {
        if (directive == "mcp_resource") continue;
        if (conf.resource)
            refuse_directive(directive, "it has no effect in this location, which says \"mcp_resource off\"");
        const bool is_of_locations = std::ranges::find(of_locations, directive) != of_locations.end();
        refuse_directive(
            directive, std::string("nothing protects this location: add \"mcp_resource\", or leave the directive out") +
                           (is_of_locations ? "" : "; for several locations it stands in \"server\" or \"http\""));
    }
}

void refuse_directives_without_effect(ngx_conf_t* cf, const LocationConf& conf, const Endpoint& endpoint) {
    if (endpoint.issuers.empty())
        for (const std::string_view directive : {"mcp_algorithms", "mcp_token_type"})
            if (says_itself(conf, directive))
                refuse_directive(directive, "no JWT is verified here; it needs \"mcp_jwks\" or \"mcp_discovery on\"");
    const bool reads_bodies = endpoint.resource.policy.depends_on_operation() || endpoint.is_observed;
    if (says_itself(conf, "mcp_max_body_size") && !reads_bodies)
        ngx::warn(cf, "mcp_max_body_size",
                  "no rule here depends on the body, so nginx does not read it; see \"client_max_body_size\"");
}

}  // namespace

const ngx::TrustStore& trust_store(MainConf& main) {
    if (main.trusted) return *main.trusted;
    const char* file = main.trusted_certificates ? main.trusted_certificates->c_str() : nullptr;
    auto store = ngx::TrustStore::load(file);
    if (!store)
        refuse_directive("mcp_ssl_trusted_certificate",
                         (file != nullptr ? in_quotes(file) + ": " : "") + store.error());
    return main.trusted.emplace(*std::move(store));
}

void refuse_directive(std::string_view directive, std::string_view text) {
    throw ConfigError(in_quotes(directive) + " directive: " + std::string(text));
}

bool says_itself(const LocationConf& conf, std::string_view directive) {
    return conf.is_location && std::ranges::find(conf.own_directives, directive) != conf.own_directives.end();
}

std::shared_ptr<const Endpoint> compile(ngx_conf_t* cf, const LocationConf& conf) {
    if (!conf.resource || !conf.resource->uri) {
        refuse_directives_without_resource(conf);
        return nullptr;
    }
    MainConf& main = main_conf(cf);
    const mcp::ResourceUri& uri = *conf.resource->uri;
    if (conf.authorization_servers.empty())
        refuse_directive("mcp_resource",
                         in_quotes(uri.text()) + " has no \"mcp_authorization_server\", where clients get a token");
    warn_about_plain_http(cf, "mcp_resource", uri.text());
    for (const std::string& server : conf.authorization_servers)
        warn_about_plain_http(cf, "mcp_authorization_server", server);

    auto issuers = issuers_of(cf, main, conf, uri);
    auto rules = rules_of_all(issuers);
    auto introspection = introspection_of(cf, main, conf, uri);
    auto endpoint =
        std::make_shared<Endpoint>(Endpoint{.resource = {.uri = uri},
                                            .issuers = std::move(issuers),
                                            .rules_of_all = std::move(rules),
                                            .introspection = std::move(introspection),
                                            .claim_headers = conf.claim_headers,
                                            .max_body = conf.max_body.value_or(default_max_body),
                                            .is_observed = conf.observe.value_or(false),
                                            .audit = conf.audit,
                                            .refusal_limit = conf.refusal_limit.value_or(RefusalLimit()).rate,
                                            .has_limit_x_headers = conf.limit_x_headers.value_or(false),
                                            .authorization_servers = conf.authorization_servers,
                                            .scopes_supported = scopes_supported(conf),
                                            .metadata_document = {},
                                            .metadata_paths = {}});
    endpoint->resource.revisions = conf.revisions.value_or(mcp::Revisions());
    add_policy(cf, conf, endpoint->resource);
    add_limits(main, conf, endpoint->resource);
    endpoint->resource.allowed_origins = conf.allowed_origins;
    endpoint->resource.allowed_origins.emplace_back(uri.origin());
    add_metadata(*endpoint, conf);
    refuse_directives_without_effect(cf, conf, *endpoint);
    main.endpoints.push_back(endpoint);
    return endpoint;
}

}  // namespace mcp_resource
