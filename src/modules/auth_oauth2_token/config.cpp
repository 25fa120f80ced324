#include "modules/auth_oauth2_token/config.h"

#include "ngx/config.h"
#include "ngx/pool.h"
#include "oauth/client_credentials.h"

namespace auth_oauth2_token {
namespace {

constexpr std::string_view introspect_name = "auth_oauth2_token_introspect";
constexpr std::string_view exchange_name = "auth_oauth2_token_exchange";

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
    ngx::inherit(conf.phase, parent.phase);
    ngx::inherit(conf.challenge, parent.challenge);
    ngx::inherit(conf.pass_credentials, parent.pass_credentials);
    ngx::add_inherited(conf.required_audiences, parent.required_audiences);
    ngx::add_inherited(conf.required_values, parent.required_values);
}

std::string context_of(ngx_conf_t* cf, const MainConf& client, const std::optional<CacheSetting>& cache) {
    const auto* server =
        static_cast<const ngx_http_core_srv_conf_t*>(ngx_http_conf_get_module_srv_conf(cf, ngx_http_core_module));
    std::string context(ngx::view(server->server_name));
    context +=
        std::string("\n") + reinterpret_cast<const char*>(server->file_name) + ':' + std::to_string(server->line);
    context += '\n' + client.client_id.value_or("");
    return context + '\n' + std::to_string(cache.value_or(CacheSetting()).max_ttl.count());
}

void derive(ngx_conf_t* cf, const MainConf& client, LocationConf& conf) {
    conf.introspects = conf.introspect.value_or(false);
    conf.exchanges = conf.exchange.value_or(false);
    conf.ends_credentials = conf.exchanges || !conf.pass_credentials.value_or(true);
    conf.rules.allow_missing_expiration = true;  // RFC 7662 section 2.2: optional
    conf.rules.bearer_only = true;
    if (conf.introspects) conf.introspection_context = context_of(cf, client, conf.introspect_cache);
    if (conf.exchanges) conf.exchange_context = context_of(cf, client, conf.exchange_cache);
}

ServerConf& server_conf_of(ngx_conf_t* cf) noexcept {
    return *static_cast<ServerConf*>(ngx_http_conf_get_module_srv_conf(cf, ngx_http_auth_oauth2_token_module));
}

void check_client(const MainConf& client, std::string_view directive) {
    if (!client.client_id) throw Incomplete{directive, R"(it needs "auth_oauth2_token_client_id")"};
    if (!client.client_secret)
        throw Incomplete{directive,
                         R"(it needs "auth_oauth2_token_client_secret_file" or "auth_oauth2_token_client_secret")"};
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
}

// The http and server levels are there for the levels below, which may bring the endpoint.
bool is_location(ngx_conf_t* cf) noexcept {
    const auto* core =
        static_cast<const ngx_http_core_loc_conf_t*>(ngx_http_conf_get_module_loc_conf(cf, ngx_http_core_module));
    return core->name.len != 0;
}

}  // namespace

void* create_main_conf(ngx_conf_t* cf) noexcept {
    return ngx::guarded<void*>(cf->log, nullptr, [cf] { return &ngx::make<MainConf>(cf->pool); });
}

char* init_main_conf(ngx_conf_t* cf, void* conf) noexcept {
    return ngx::guarded<char*>(cf->log, static_cast<char*>(NGX_CONF_ERROR), [conf]() -> char* {
        auto& client = *static_cast<MainConf*>(conf);
        if (client.client_id && client.client_secret)
            client.authorization = oauth::basic_credentials(*client.client_id, client.client_secret->reveal());
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
        const auto& client =
            *static_cast<const MainConf*>(ngx_http_conf_get_module_main_conf(cf, ngx_http_auth_oauth2_token_module));
        auto& conf = *static_cast<LocationConf*>(child);
        const bool introspects_here = conf.introspect && is_location(cf);
        const bool exchanges_here = conf.exchange && is_location(cf);
        inherit_all(conf, *static_cast<const LocationConf*>(parent));
        derive(cf, client, conf);
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
