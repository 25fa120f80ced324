#include "cli/settings/file/checks.h"

#include <algorithm>
#include <set>
#include <utility>

#include "base/ascii.h"
#include "cli/settings/file/limit_keys.h"
#include "cli/settings/file/node.h"
#include "cli/settings/syntax.h"
#include "cli/terminal.h"
#include "oauth/client_credentials.h"
#include "oauth/scope_table.h"

namespace cli::file {
namespace {

// One resource, and what is wrong with it.
class Check {
public:
    Check(const ResourceDraft& resource, Mistakes& mistakes) : resource_(resource), mistakes_(mistakes) {}

    void refuse(std::string_view key, const std::string& what) const {
        const Place place = place_of(resource_, key);
        mistakes_.add(place.at, place.path, what);
    }
    void warn(std::string_view key, const std::string& what) const {
        const Place place = place_of(resource_, key);
        mistakes_.warn(place.at, place.path, what);
    }
    void warn_about_plain_http(std::string_view key, const std::string& text) const {
        const auto uri = mcp::ResourceUri::parse(text);
        if (uri && !uri->is_secure() && !uri->is_loopback())
            warn(key, shown(text) + " is plain http: tokens can be read and changed on their way");
    }

    void authorization_servers() const;
    void key_sets() const;
    void issuers() const;
    void introspection() const;
    void scopes() const;
    void untold_scopes() const;
    void metadata() const;
    void names() const;
    void headers() const;

private:
    const std::vector<std::string>& accepted() const {
        return resource_.issuers.empty() ? resource_.authorization_servers : resource_.issuers;
    }
    void key_set(const Node& node, const std::string& path) const;
    void issuers_of_keys() const;
    void material(std::string_view key, const std::string& value, oauth::ClientMaterial material) const;
    template <class Texts>
    void languages(std::string_view key, const Texts& texts) const;

    const ResourceDraft& resource_;
    Mistakes& mistakes_;
};

void Check::authorization_servers() const {
    if (resource_.authorization_servers.empty())
        refuse("",
               "needs \"authorization_servers\", here or in \"defaults\": where clients get their tokens; for "
               "example https://auth.example.com");
    warn_about_plain_http("url", resource_.url);
    for (const std::string& server : resource_.authorization_servers)
        warn_about_plain_http("authorization_servers", server);
}

void Check::key_set(const Node& node, const std::string& path) const {
    const bool has_file = node.find("file") != nullptr;
    const bool has_url = node.find("url") != nullptr;
    if (has_file == has_url)
        mistakes_.add(node.at, path,
                      has_file ? "has \"file\" and \"url\"; leave one of them out"
                               : "names no keys; it needs \"file\" or \"url\"");
}

void Check::key_sets() const {
    const Place keys = place_of(resource_, "keys");
    if (keys.node == nullptr) return;
    if (keys.node->type == Node::Type::mapping) key_set(*keys.node, keys.path);
    for (std::size_t i = 0; i < keys.node->elements.size(); i++)
        key_set(keys.node->elements[i], element_of(keys.path, i));
    for (const KeySet& set : resource_.key_sets)
        if (!set.file_or_url.starts_with('/')) warn_about_plain_http("keys", set.file_or_url);
}

// As the module decides whose keys verify what.
void Check::issuers() const {
    const bool skips = resource_.skip_issuer_check;
    if (skips && !resource_.issuers.empty())
        refuse("issuers", "has no effect together with \"insecure_skip_issuer_check\"; leave one of the two out");
    if (resource_.discovery && resource_.authorization_servers.size() > 1 && (skips || !resource_.issuers.empty()))
        refuse(skips ? "insecure_skip_issuer_check" : "issuers",
               "does not say whose keys verify those tokens, with keys by discovery and more than one of "
               "\"authorization_servers\"; write keys: [{ url: ..., issuer: ... }] for each issuer");
    issuers_of_keys();
}

void Check::issuers_of_keys() const {
    const auto& sets = resource_.key_sets;
    if (sets.empty()) return;
    const bool skips = resource_.skip_issuer_check;
    if (sets.size() == 1 && sets.front().issuer.empty()) {
        if (accepted().size() > 1 && !skips)
            refuse("keys", "must say whose keys these are, as there are several issuers; add \"issuer\"");
        return;
    }
    if (skips)
        return refuse("insecure_skip_issuer_check",
                      "has no effect where \"keys\" say whose they are; leave \"issuer\" "
                      "out there, or list the issuers in \"issuers\"");
    for (const KeySet& set : sets) {
        if (set.issuer.empty()) return refuse("keys", "need \"issuer\" in each entry, if there are several");
        if (std::ranges::find(accepted(), set.issuer) == accepted().end())
            refuse("keys", shown(set.issuer) + " is not among the accepted issuers");
        if (std::ranges::count(sets, set.issuer, &KeySet::issuer) > 1)
            return refuse("keys", "issuer " + shown(set.issuer) + " has more than one source of keys");
    }
    for (const std::string& issuer : accepted())
        if (std::ranges::find(sets, issuer, &KeySet::issuer) == sets.end())
            refuse("keys", "there are none for issuer " + shown(issuer));
}

void Check::material(std::string_view key, const std::string& value, oauth::ClientMaterial material) const {
    const auto& said = resource_.introspection->client_authentication;
    const auto method =
        oauth::parse_client_authentication(said).value_or(oauth::ClientAuthentication::client_secret_basic);
    const oauth::ClientNeed need = oauth::need_of(method, material);
    const std::string way(oauth::name(method));
    if (need == oauth::ClientNeed::must && value.empty())
        refuse("introspection", "needs \"" + std::string(key) + "\" to authenticate by " + way);
    if (need == oauth::ClientNeed::none && !value.empty())
        refuse("introspection",
               "\"" + std::string(key) + "\" has no effect with client_authentication: " + way + "; leave it out");
}

void Check::introspection() const {
    using enum oauth::ClientMaterial;
    if (!resource_.introspection) return;
    const Introspection& said = *resource_.introspection;
    material("client_secret_file", said.client_secret_file, secret);
    material("client_key_file", said.client_key_file, oauth::ClientMaterial::key);
    material("client_certificate_file", said.client_certificate_file, certificates);
    material("assertion_audience", said.assertion_audience, audience);
    material("assertion_key_id", said.assertion_key_id, key_id);
    material("assertion_algorithm", said.assertion_algorithm, algorithm);
    if (said.client_authentication == "tls_client_auth" && said.url.starts_with("http:"))
        refuse("introspection", "tls_client_auth needs an https URL, " + shown(said.url) + " is none");
    const bool says_for_whom = !said.assertion_audience.empty() || !said.issuer.empty();
    if (said.client_authentication == "private_key_jwt" && !says_for_whom && resource_.authorization_servers.size() > 1)
        refuse("introspection",
               "which of \"authorization_servers\" is asked? Name it in \"issuer\" or "
               "\"assertion_audience\"");
    warn_about_plain_http("introspection", said.url);
}

oauth::ScopeSet intern(oauth::ScopeTable& table, const std::vector<std::string>& names, bool& fits) {
    oauth::ScopeSet scopes;
    for (const std::string& name : names) {
        const auto index = table.intern(name);
        if (index) scopes.insert(*index);
        fits = fits && index.has_value();
    }
    return scopes;
}

std::string_view key_of(std::string_view selector) noexcept {
    static constexpr std::pair<std::string_view, std::string_view> keys[] = {
        {"tool", "tools"}, {"prompt", "prompts"}, {"resource", "resource_uris"}, {"method", "methods"}};
    return std::ranges::find(keys, selector, &std::pair<std::string_view, std::string_view>::first)->second;
}

// What clients are told to ask for, and what that implies.
std::set<std::string, std::less<>> told_scopes(const Resource& resource) {
    const auto& basic = resource.supported_scopes.empty() ? resource.required_scopes : resource.supported_scopes;
    std::set<std::string, std::less<>> told(basic.begin(), basic.end());
    told.insert(resource.challenge_scopes.begin(), resource.challenge_scopes.end());
    for (std::size_t known = 0; known != told.size();) {
        known = told.size();
        for (const ImpliedScopes& rule : resource.implied_scopes)
            if (told.contains(rule.broad)) told.insert(rule.narrow.begin(), rule.narrow.end());
    }
    return told;
}

// Some clients ask once for the scopes that they are told of, and never for those of a 403.
void Check::untold_scopes() const {
    auto told = told_scopes(resource_);
    for (const OperationScopes& rule : resource_.operation_scopes)
        for (const std::string& scope : rule.scopes)
            if (told.insert(scope).second)
                warn(key_of(rule.selector), shown(scope) +
                                                " is in neither scopes.supported nor scopes.challenge: some clients "
                                                "never ask for it; add it there");
}

// Who gets what the challenge names must not be refused with it.
void Check::scopes() const {
    oauth::ScopeTable table;
    bool fits = true;
    const auto required = intern(table, resource_.required_scopes, fits);
    for (const OperationScopes& rule : resource_.operation_scopes)
        intern(table, rule.scopes, fits);
    const auto challenge = intern(table, resource_.challenge_scopes, fits);
    for (const ImpliedScopes& rule : resource_.implied_scopes) {
        const auto broad = table.intern(rule.broad);
        intern(table, rule.narrow, fits);
        if (!broad || !fits) break;
        for (const std::string& narrow : rule.narrow)
            table.imply(*broad, *table.intern(narrow));
    }
    if (!fits) return refuse("scopes", "more than " + std::to_string(oauth::ScopeSet::capacity) + " different scopes");
    if (const auto circle = table.compile())
        return refuse("scopes", "implies: " + shown(*circle) + " implies itself; remove one of the implications");
    const auto lacking = required.without(table.with_implied(challenge));
    if (!resource_.challenge_scopes.empty() && !lacking.empty())
        refuse("scopes", "challenge: a token with these scopes lacks " + shown(table.names(lacking)) +
                             ", which every request needs (\"required\"); add it");
    for (const std::string& scope : resource_.required_scopes)
        if (!resource_.supported_scopes.empty() &&
            std::ranges::find(resource_.supported_scopes, scope) == resource_.supported_scopes.end())
            warn("scopes", "required: " + shown(scope) +
                               " is not in \"supported\": clients that request only those never "
                               "get in; add it there");
}

void Check::metadata() const {
    if (!resource_.metadata_uri || !resource_.uri) return;
    const mcp::ResourceUri& uri = *resource_.metadata_uri;
    if (uri.path().empty())
        refuse("metadata_url", shown(uri.text()) + " has no path");
    else if (uri == *resource_.uri)
        refuse("metadata_url", "is the resource itself");
    else if (uri.origin() != resource_.uri->origin())
        refuse("metadata_url",
               shown(uri.text()) + " is not at the origin of \"url\", " + shown(resource_.uri->origin()));
    else if (is_path_of_probe(uri.path()))
        refuse("metadata_url", shown(uri.path()) + ' ' + std::string(is_for_probes) + "; choose another path");
}

template <class Texts>
void Check::languages(std::string_view key, const Texts& texts) const {
    for (std::size_t i = 0; i < texts.size(); i++)
        for (std::size_t j = 0; j < i; j++)
            if (base::equals_ignoring_case(texts[i].tag, texts[j].tag))
                refuse(key, "language " + shown(texts[i].tag) + " appears twice; keep one of them");
}

void Check::names() const {
    languages("name", resource_.names);
    languages("documentation", resource_.documentation);
    languages("policy_uri", resource_.policy_uris);
    languages("tos_uri", resource_.tos_uris);
}

// Backends of the CGI kind cannot tell "X-User" and "X_User" apart.
void Check::headers() const {
    const auto plain = [](char c) { return c == '_' ? '-' : base::to_lower(c); };
    const auto& headers = resource_.identity_headers;
    for (std::size_t i = 0; i < headers.size(); i++)
        for (std::size_t j = 0; j < i; j++)
            if (std::ranges::equal(headers[i].first, headers[j].first, {}, plain, plain))
                refuse("identity_headers", shown(headers[i].first) + " and " + shown(headers[j].first) +
                                               " are one header to many backends; keep one of them");
}

}  // namespace

Place place_of(const ResourceDraft& resource, std::string_view key) {
    if (const Entry* own = resource.own->find(key)) return {own->value.at, below(resource.origin, key), &own->value};
    const Entry* shared = resource.shared != nullptr ? resource.shared->find(key) : nullptr;
    if (shared != nullptr) return {shared->value.at, below("defaults", key), &shared->value};
    return {resource.own->at, resource.origin, nullptr};
}

void check_resource(const ResourceDraft& resource, Mistakes& mistakes) {
    const Check check(resource, mistakes);
    check.authorization_servers();
    check.key_sets();
    check.issuers();
    check.introspection();
    check.scopes();
    check.untold_scopes();
    check.metadata();
    check.names();
    check.headers();
    check_rate_limits(resource, mistakes);
}

void check_proxy(const Draft& draft, const Node& document, Mistakes& mistakes) {
    if (!draft.proxy) return;
    const Node& node = document.find("proxy")->value;
    if (draft.proxy->user.empty() != draft.proxy->password_file.empty())
        mistakes.add(node.at, "proxy", "\"user\" and \"password_file\" need each other");
    std::size_t bytes = 0;
    for (const std::string& host : draft.proxy->no_proxy)
        bytes += host.size() + 1;
    constexpr std::size_t most = 2048;  // they are one parameter of nginx
    if (bytes > most) mistakes.add(node.at, "proxy.no_proxy", "is too long: nginx takes at most 2048 bytes in all");
}

void check_resolver(Draft& draft, const Node& document, Mistakes& mistakes) {
    if (draft.resolvers.empty()) return;
    const Position at = document.find("resolver")->value.at;
    if (const std::string problem = resolvers_problem(draft.resolvers); !problem.empty())
        mistakes.add(at, "resolver", problem + "; expected one like 10.0.0.2");
    for (const std::string& resolver : draft.resolvers)
        if (const std::string name = name_in_resolver(resolver); !name.empty())
            draft.hosts.push_back({.origin = mistakes.place(at, "resolver"), .host = name, .remedy = {}});
}

}  // namespace cli::file
