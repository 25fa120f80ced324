#include "modules/mcp_resource/config.h"

#include <algorithm>

#include "ngx/config.h"
#include "ngx/pool.h"

namespace mcp_resource {
namespace {

template <class T>
void inherit_list(std::vector<T>& own, const std::vector<T>& from_above) {
    if (own.empty()) own = from_above;
}

void inherit_all(LocationConf& conf, const LocationConf& above) {
    if (!conf.resource) {  // these belong to the resource
        ngx::inherit(conf.metadata_uri, above.metadata_uri);
        inherit_list(conf.aliases, above.aliases);
    }
    ngx::inherit(conf.resource, above.resource);
    if (conf.keys.empty())
        ngx::inherit(conf.discovery, above.discovery);  // a level says where keys come from as a whole
    if (!conf.discovery.value_or(false)) inherit_list(conf.keys, above.keys);
    ngx::inherit(conf.introspection, above.introspection);
    ngx::inherit(conf.accept_any_issuer, above.accept_any_issuer);
    ngx::inherit(conf.leeway, above.leeway);
    ngx::inherit(conf.algorithms, above.algorithms);
    ngx::inherit(conf.type, above.type);
    ngx::inherit(conf.protocol, above.protocol);
    ngx::inherit(conf.max_body, above.max_body);
    inherit_list(conf.authorization_servers, above.authorization_servers);
    inherit_list(conf.accepted_issuers, above.accepted_issuers);
    inherit_list(conf.scopes_supported, above.scopes_supported);
    inherit_list(conf.implications, above.implications);
    inherit_list(conf.anonymous_methods, above.anonymous_methods);
    inherit_list(conf.allowed_origins, above.allowed_origins);
    inherit_list(conf.claim_headers, above.claim_headers);
    ngx::add_inherited(conf.scopes, above.scopes);
}

// One resource may stand in several locations, as long as it has one document.
void add_metadata_path(ServerConf& server, const std::string& path, const Endpoint& endpoint) {
    const auto same = [&](const auto& known) { return known.first == path; };
    const auto known = std::ranges::find_if(server.metadata, same);
    if (known == server.metadata.end()) {
        server.metadata.emplace_back(path, &endpoint);
    } else if (known->second->metadata_document != endpoint.metadata_document) {
        throw ngx::ConfigError("\"mcp_resource\" directive: " + ngx::in_quotes(known->second->resource.uri.text()) +
                               " and " + ngx::in_quotes(endpoint.resource.uri.text()) +
                               " of one server would have different metadata at " + ngx::in_quotes(path));
    }
}

bool is_only_resource(const ServerConf& server) {
    const auto uri = [](const LocationConf* conf) -> const std::string& { return conf->resource->uri->text(); };
    return std::ranges::all_of(server.resources,
                               [&](const LocationConf* conf) { return uri(conf) == uri(server.resources.front()); });
}

void assign_resource_paths(ServerConf& server) {
    for (const LocationConf* conf : server.resources)
        if (conf->endpoint)
            for (const std::string& path : conf->endpoint->metadata_paths)
                add_metadata_path(server, path, *conf->endpoint);
}

// RFC 9728 section 3.1 knows the path-inserted well-known; clients also ask at the root (MCP discovery).
void assign_root_path(ServerConf& server) {
    const bool is_only_one = is_only_resource(server);
    for (const LocationConf* conf : server.resources)
        if (conf->endpoint && (is_only_one || conf->resource->is_default))
            add_metadata_path(server, std::string(mcp::well_known_prefix), *conf->endpoint);
}

}  // namespace

const Endpoint* default_endpoint(const ServerConf& server) noexcept {
    for (const auto& [path, endpoint] : server.metadata)
        if (path == mcp::well_known_prefix) return endpoint;
    return nullptr;
}

void* create_main_conf(ngx_conf_t* cf) noexcept {
    return ngx::guarded<void*>(cf->log, nullptr, [cf] { return &ngx::make<MainConf>(cf->pool); });
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
        auto& conf = *static_cast<LocationConf*>(child);
        const auto& above = *static_cast<const LocationConf*>(parent);
        inherit_all(conf, above);
        if (!conf.has_own_directives) {
            conf.endpoint = above.endpoint;
            return NGX_CONF_OK;
        }
        try {
            conf.endpoint = compile(cf, conf);
        } catch (const ngx::ConfigError& error) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "%s", error.what());
            return failure;
        }
        return NGX_CONF_OK;
    });
}

void assign_metadata_paths(ngx_conf_t* cf) {
    const auto* core =
        static_cast<ngx_http_core_main_conf_t*>(ngx_http_conf_get_module_main_conf(cf, ngx_http_core_module));
    auto* const* servers = static_cast<ngx_http_core_srv_conf_t**>(core->servers.elts);
    for (ngx_uint_t i = 0; i < core->servers.nelts; i++) {
        auto& server = *static_cast<ServerConf*>(servers[i]->ctx->srv_conf[ngx_http_mcp_resource_module.ctx_index]);
        assign_resource_paths(server);
        assign_root_path(server);
    }
}

}  // namespace mcp_resource
