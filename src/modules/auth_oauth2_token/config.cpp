#include "modules/auth_oauth2_token/config.h"

#include <openssl/rand.h>

#include <stdexcept>
#include <utility>

#include "ngx/config.h"
#include "ngx/location.h"
#include "ngx/pool.h"

namespace auth_oauth2_token {
namespace {

constexpr std::string_view introspect_name = "auth_oauth2_token_introspect";
constexpr std::string_view introspect_cache_name = "auth_oauth2_token_introspect_cache";
constexpr std::string_view exchange_name = "auth_oauth2_token_exchange";
constexpr std::string_view exchange_cache_name = "auth_oauth2_token_exchange_cache";

// A mistake that shows only when all directives of a level are known.
struct Incomplete {
    std::string_view directive;
    std::string text;
};

void inherit_all(LocationConf& conf, const LocationConf& parent) {
    ngx::inherit(conf.introspect, parent.introspect);
    ngx::inherit(conf.introspect_endpoint, parent.introspect_endpoint);
    ngx::inherit(conf.introspect_cache, parent.introspect_cache);
    ngx::inherit(conf.exchange, parent.exchange);
    ngx::inherit(conf.token_endpoint, parent.token_endpoint);
    ngx::inherit(conf.audience, parent.audience);
    ngx::inherit(conf.scope, parent.scope);
    ngx::inherit(conf.exchange_cache, parent.exchange_cache);
    ngx::inherit(conf.timeout, parent.timeout);
    ngx::inherit(conf.phase, parent.phase);
    ngx::inherit(conf.challenge, parent.challenge);
    ngx::inherit(conf.pass_credentials, parent.pass_credentials);
    ngx::add_inherited(conf.required_audiences, parent.required_audiences);
    ngx::add_inherited(conf.required_values, parent.required_values);
    ngx::add_inherited(conf.required_scopes, parent.required_scopes);
}

// Whether nothing on this level itself says who passes. Before it inherits.
bool is_silent(const LocationConf& conf) noexcept {
    const bool has_switch = conf.introspect || conf.introspect_endpoint || conf.exchange || conf.token_endpoint ||
                            conf.audience || conf.scope;
    return !has_switch && conf.required_audiences.empty() && conf.required_values.empty() &&
           conf.required_scopes.empty();
}

void derive(LocationConf& conf) {
    conf.introspects = conf.introspect.value_or(false);
    conf.exchanges = conf.exchange.value_or(false);
    conf.ends_credentials = conf.exchanges || !conf.pass_credentials.value_or(true);
    conf.depends_on_request = conf.exchanges || !conf.required_audiences.empty() || !conf.required_values.empty() ||
                              !conf.required_scopes.empty() ||
                              (conf.introspect_endpoint && !ngx::is_constant(*conf.introspect_endpoint->uri));
    conf.rules.allow_missing_expiration = true;  // RFC 7662 section 2.2: optional
    conf.rules.bearer_only = true;
}

ServerConf& server_conf_of(ngx_conf_t* cf) noexcept {
    return *static_cast<ServerConf*>(ngx_http_conf_get_module_srv_conf(cf, ngx_http_auth_oauth2_token_module));
}

void check_client(const MainConf& client, std::string_view directive) {
    if (!client.client_id) throw Incomplete{directive, R"(it needs "auth_oauth2_token_client_id")"};
    if (!client.credentials)
        throw Incomplete{directive,
                         R"(it needs "auth_oauth2_token_client_secret_file" or "auth_oauth2_token_client_secret")"};
}

constexpr authority::ClientWords client_words = {
    .method = "auth_oauth2_token_client_authentication ",
    .materials = {"auth_oauth2_token_client_secret_file ", "auth_oauth2_token_client_key_file ", "",
                  "audience=", "key_id=", "algorithm="},
    .has_certificates = false};

// A client without a secret is told to whoever asks (check_client), and to nobody else.
void make_credentials(MainConf& main) {
    if (main.client.secret == nullptr && main.client.key == nullptr && !main.client.method) return;
    main.client.client_id = main.client_id.value_or("");
    const authority::ClientProof proof(std::exchange(main.client, {}), client_words);
    if (proof.lacks_audience())
        throw ngx::ConfigError(
            R"("private_key_jwt" needs "audience=...", the issuer of the authorization server or what it takes instead)");
    if (main.client_id) main.credentials = proof.credentials({});
}

// One name for what variables may lead to different servers: a token that one of them calls good would be good at all.
void check_issuer(const std::optional<CacheSetting>& cache, const std::optional<EndpointDirective>& endpoint,
                  std::string_view directive) {
    if (!cache || !cache->issuer || !endpoint) return;
    if (ngx::is_constant(**cache->issuer) && !ngx::is_constant(*endpoint->uri))
        throw Incomplete{directive, R"("issuer=" is always the same, but the endpoint's URI has variables; name in it )"
                                    R"(by the same variables who answers, or leave it out)"};
}

// `here`: "on" stands on this very level. Levels that inherit it may have no endpoint, if nobody asks them for
// anything; who does gets 500.
void check(const MainConf& client, const LocationConf& conf, bool introspects_here, bool exchanges_here) {
    if (conf.introspects) check_client(client, introspect_name);
    if (conf.exchanges) check_client(client, exchange_name);
    if (introspects_here && conf.introspects && !conf.introspect_endpoint)
        throw Incomplete{introspect_name, R"(it needs "auth_oauth2_token_introspect_endpoint")"};
    if (exchanges_here && conf.exchanges && !conf.token_endpoint)
        throw Incomplete{exchange_name, R"(it needs "auth_oauth2_token_token_endpoint")"};
    if (conf.introspects) check_issuer(conf.introspect_cache, conf.introspect_endpoint, introspect_cache_name);
    if (conf.exchanges) check_issuer(conf.exchange_cache, conf.token_endpoint, exchange_cache_name);
}

void check_endpoints_later(ngx_conf_t* cf, const LocationConf& conf) {
    MainConf& main = main_conf_of(cf);
    const auto add = [&](std::string_view directive, const std::optional<EndpointDirective>& endpoint) {
        if (endpoint) main.endpoints.add(cf, directive, *endpoint->uri, endpoint->place, conf.is_of_http);
    };
    if (conf.introspects) add("auth_oauth2_token_introspect_endpoint", conf.introspect_endpoint);
    if (conf.exchanges) add("auth_oauth2_token_token_endpoint", conf.token_endpoint);
}

}  // namespace

void* create_main_conf(ngx_conf_t* cf) noexcept {
    return ngx::guarded<void*>(cf->log, nullptr, [cf]() -> void* {
        auto& conf = ngx::make<MainConf>(cf->pool);
        const auto size = static_cast<int>(conf.generation.size());
        if (RAND_bytes(conf.generation.data(), size) != 1) throw std::runtime_error("no random numbers can be had");
        return &conf;
    });
}

char* init_main_conf(ngx_conf_t* cf, void* conf) noexcept {
    auto* const failure = static_cast<char*>(NGX_CONF_ERROR);
    return ngx::guarded<char*>(cf->log, failure, [&]() -> char* {
        try {
            make_credentials(*static_cast<MainConf*>(conf));
        } catch (const ngx::ConfigError& error) {
            ngx::tell_error(cf, "auth_oauth2_token_client_authentication", error.what());
            return failure;
        }
        return NGX_CONF_OK;
    });
}

void* create_server_conf(ngx_conf_t* cf) noexcept {
    return ngx::guarded<void*>(cf->log, nullptr, [cf] { return &ngx::make<ServerConf>(cf->pool); });
}

void* create_location_conf(ngx_conf_t* cf) noexcept {
    return ngx::guarded<void*>(cf->log, nullptr, [cf] { return &ngx::make<LocationConf>(cf->pool); });
}

char* merge_location_conf(ngx_conf_t* cf, void* parent, void* child) noexcept {
    auto* const failure = static_cast<char*>(NGX_CONF_ERROR);
    return ngx::guarded<char*>(cf->log, failure, [&]() -> char* {
        const MainConf& client = main_conf_of(cf);
        auto& conf = *static_cast<LocationConf*>(child);
        const bool introspects_here = conf.introspect && ngx::is_location(cf);
        const bool exchanges_here = conf.exchange && ngx::is_location(cf);
        const auto& above = *static_cast<const LocationConf*>(parent);
        const bool says_it = conf.introspect || conf.introspect_endpoint || conf.exchange || conf.token_endpoint;
        conf.is_of_http = ngx::is_of_http(cf, says_it, above.is_of_http);
        conf.origin = ngx::origin_of(conf, above, is_silent(conf));
        inherit_all(conf, above);
        derive(conf);
        check_endpoints_later(cf, conf);
        if (conf.ends_credentials) server_conf_of(cf).has_boundary = true;
        try {
            check(client, conf, introspects_here, exchanges_here);
        } catch (const Incomplete& incomplete) {
            ngx::tell_error(cf, incomplete.directive, incomplete.text);
            return failure;
        }
        return NGX_CONF_OK;
    });
}

}  // namespace auth_oauth2_token
