#include "modules/mcp_resource/config.h"

#include <algorithm>

#include "modules/mcp_resource/answering_location.h"
#include "modules/mcp_resource/record/audit_files.h"
#include "ngx/config.h"
#include "ngx/location.h"
#include "ngx/pool.h"

namespace mcp_resource {
namespace {

template <class T>
void inherit_list(std::vector<T>& own, const std::vector<T>& from_above) {
    if (own.empty()) own = from_above;
}

// What one level says, before it inherits: two directives of which only one could count.
void refuse_contradictions(const LocationConf& conf) {
    if (conf.skip_issuer_check.value_or(false) && !conf.accepted_issuers.empty())
        throw ngx::ConfigError(
            "\"mcp_issuer\" directive: it has no effect with \"mcp_insecure_skip_issuer_check on\"; remove "
            "one of the two");
    if (conf.discovery.value_or(false) && !conf.keys.empty())
        throw ngx::ConfigError(
            "\"mcp_discovery\" directive: it cannot be combined with \"mcp_jwks\"; remove one of the two");
}

// Which issuers are accepted is said as a whole: by name, or that any is.
void inherit_issuers(LocationConf& conf, const LocationConf& above) {
    if (conf.skip_issuer_check || !conf.accepted_issuers.empty()) return;
    conf.skip_issuer_check = above.skip_issuer_check;
    conf.accepted_issuers = above.accepted_issuers;
}

// A member that is said here is said as a whole, in all languages. A name belongs to one resource.
void inherit_descriptions(LocationConf& conf, const LocationConf& above) {
    const std::vector<mcp::Description> own = conf.descriptions;
    for (const mcp::Description& description : above.descriptions) {
        const bool is_replaced = std::ranges::find(own, description.member, &mcp::Description::member) != own.end();
        if (!is_replaced && (description.member != "resource_name" || !conf.resource))
            conf.descriptions.push_back(description);
    }
}

void inherit_all(LocationConf& conf, const LocationConf& above) {
    if (!conf.resource) {  // these belong to the resource
        ngx::inherit(conf.metadata_uri, above.metadata_uri);
        inherit_list(conf.audiences, above.audiences);
    }
    inherit_descriptions(conf, above);
    ngx::inherit(conf.resource, above.resource);
    if (conf.keys.empty())
        ngx::inherit(conf.discovery, above.discovery);  // a level says where keys come from as a whole
    if (!conf.discovery.value_or(false)) inherit_list(conf.keys, above.keys);
    ngx::inherit(conf.observe, above.observe);
    if (conf.audit == nullptr) conf.audit = above.audit;
    ngx::inherit(conf.audit_required, above.audit_required);
    ngx::inherit(conf.limit_x_headers, above.limit_x_headers);
    ngx::inherit(conf.refusal_limit, above.refusal_limit);
    ngx::inherit(conf.phase, above.phase);
    ngx::inherit(conf.introspection, above.introspection);
    inherit_issuers(conf, above);
    ngx::inherit(conf.leeway, above.leeway);
    ngx::inherit(conf.algorithms, above.algorithms);
    ngx::inherit(conf.type, above.type);
    ngx::inherit(conf.revisions, above.revisions);
    ngx::inherit(conf.max_body, above.max_body);
    ngx::inherit(conf.backend_rcvbuf, above.backend_rcvbuf);
    inherit_list(conf.authorization_servers, above.authorization_servers);
    inherit_list(conf.scopes_supported, above.scopes_supported);
    inherit_list(conf.challenge_scopes, above.challenge_scopes);
    inherit_list(conf.implications, above.implications);
    inherit_list(conf.anonymous_methods, above.anonymous_methods);
    inherit_list(conf.allowed_origins, above.allowed_origins);
    inherit_list(conf.claim_headers, above.claim_headers);
    ngx::add_inherited(conf.scopes, above.scopes);
    ngx::add_inherited(conf.limits, above.limits);
}

ServerConf& server_conf_of(ngx_conf_t* cf) noexcept {
    return *static_cast<ServerConf*>(ngx_http_conf_get_module_srv_conf(cf, ngx_http_mcp_resource_module));
}

// A location inside another removes what that one sets as well: what it does not set itself would be the client's.
std::shared_ptr<const Boundary> boundary_of(const LocationConf& conf, const LocationConf& above) {
    if (conf.endpoint == nullptr || conf.endpoint == above.endpoint) return above.boundary;
    auto boundary =
        above.boundary != nullptr ? std::make_shared<Boundary>(*above.boundary) : std::make_shared<Boundary>();
    for (const ClaimHeader& header : conf.claim_headers)
        if (std::ranges::find(boundary->identity_headers, header.name) == boundary->identity_headers.end())
            boundary->identity_headers.push_back(header.name);
    return boundary;
}

// As nginx has a path of this server in r->uri.
std::string decoded_path(std::string_view text, bool merges_slashes) {
    std::string path(text.substr(0, text.find('?')).size(), '\0');
    auto* target = reinterpret_cast<u_char*>(path.data());
    u_char* source = ngx::str(text).data;
    ngx_unescape_uri(&target, &source, path.size(), 0);
    path.resize(static_cast<std::size_t>(target - reinterpret_cast<u_char*>(path.data())));
    if (merges_slashes)
        path.erase(std::ranges::unique(path, [](char a, char b) { return a == '/' && b == '/'; }).begin(), path.end());
    return path;
}

// One resource may stand in several locations, as long as it has one document.
void add_metadata_path(ServerConf& server, const ngx_http_core_srv_conf_t& core, const std::string& text,
                       const Endpoint& endpoint) {
    const auto known = std::ranges::find(server.metadata, text, &MetadataPath::text);
    if (known == server.metadata.end()) {
        server.metadata.push_back({text, decoded_path(text, core.merge_slashes != 0), &endpoint});
    } else if (known->endpoint->metadata_document != endpoint.metadata_document) {
        throw ngx::ConfigError("\"mcp_resource\" directive: " + ngx::in_quotes(known->endpoint->resource.uri.text()) +
                               " and " + ngx::in_quotes(endpoint.resource.uri.text()) +
                               " of one server would have different metadata at " + ngx::in_quotes(text) +
                               "; give both the same \"mcp_authorization_server\" and \"mcp_scopes_supported\", "
                               "and \"mcp_resource_name\" and its like");
    }
}

bool is_only_resource(const ServerConf& server) {
    const auto uri = [](const LocationConf* conf) -> const std::string& { return conf->resource->uri->text(); };
    return std::ranges::all_of(server.resources,
                               [&](const LocationConf* conf) { return uri(conf) == uri(server.resources.front()); });
}

void assign_resource_paths(ServerConf& server, const ngx_http_core_srv_conf_t& core) {
    for (const LocationConf* conf : server.resources)
        if (conf->endpoint)
            for (const std::string& path : conf->endpoint->metadata_paths)
                add_metadata_path(server, core, path, *conf->endpoint);
}

// RFC 9728 section 3.1 knows the path-inserted well-known; clients also ask at the root (MCP discovery).
void assign_root_path(ServerConf& server, const ngx_http_core_srv_conf_t& core) {
    const bool is_only_one = is_only_resource(server);
    for (const LocationConf* conf : server.resources)
        if (conf->endpoint && (is_only_one || conf->resource->is_default))
            add_metadata_path(server, core, std::string(mcp::well_known_prefix), *conf->endpoint);
}

// The document comes before any location: one that stands at its path is never reached.
void look_for_hidden_locations(ngx_conf_t* cf, const ServerConf& server, const ngx_http_core_srv_conf_t& core) {
    for (const MetadataPath& metadata : server.metadata) {
        if (!ngx::has_exact_location(core, metadata.path)) continue;
        const std::string text = "\"location = " + metadata.path + "\" is never reached: the metadata of " +
                                 ngx::in_quotes(metadata.endpoint->resource.uri.text()) + " is served there";
        if (!metadata.path.starts_with(mcp::well_known_prefix))
            throw ngx::ConfigError("\"mcp_metadata_uri\" directive: " + text + "; choose another path");
        ngx::warn(cf, "mcp_resource", text);
    }
}

}  // namespace

const std::string& issuer_name(const Issuer& issuer, const Endpoint& endpoint) noexcept {
    const auto& names = issuer.rules.claims.accepted_issuers;
    return names.empty() ? endpoint.resource.uri.text() : names.front();
}

const Endpoint* default_endpoint(const ServerConf& server) noexcept {
    const auto root = std::ranges::find(server.metadata, mcp::well_known_prefix, &MetadataPath::text);
    return root == server.metadata.end() ? nullptr : root->endpoint;
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
        // Errors name the place where the location says something, and not the end of "http", where nginx is by now.
        const ngx::ConfigPlace::Borrowed place(cf, conf.place);
        try {
            refuse_contradictions(above);
            refuse_contradictions(conf);
            inherit_all(conf, above);
            conf.endpoint = conf.own_directives.empty() ? above.endpoint : compile(cf, conf);
            conf.boundary = boundary_of(conf, above);
            if (conf.boundary != above.boundary) server_conf_of(cf).boundaries.push_back(conf.boundary);
            check_neighbours(cf, conf);
            check_answering_location(cf, conf);
            find_audit_files(cf, conf);
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
        assign_resource_paths(server, *servers[i]);
        assign_root_path(server, *servers[i]);
        look_for_hidden_locations(cf, server, *servers[i]);
    }
}

void warn_about_vain_body_limits(ngx_conf_t* cf) {
    const MainConf& main = main_conf(cf);
    const auto is_open = [](const auto& endpoint) { return endpoint->resource.policy.has_anonymous_methods(); };
    const std::size_t most = main.worker.anonymous_bodies.most_of_client();
    const auto is_vain = [&](const auto& endpoint) {
        return is_open(endpoint) && endpoint->max_body > std::max(most, default_max_body);
    };
    if (std::ranges::any_of(main.endpoints, is_vain))
        ngx::warn(cf, "mcp_max_body_size",
                  "a location with \"mcp_allow_anonymous\" reads larger bodies than " + std::to_string(most) +
                      " bytes, a quarter of \"mcp_max_anonymous_bodies\"; those need a token");
    const auto reads_before = [&](const auto& endpoint) { return is_open(endpoint) || endpoint->is_observed; };
    if (!main.anonymous_bodies || std::ranges::any_of(main.endpoints, reads_before)) return;
    const ngx::ConfigPlace::Borrowed place(cf, main.anonymous_bodies_place);
    ngx::warn(
        cf, "mcp_max_anonymous_bodies",
        "no location has \"mcp_allow_anonymous\" or \"mcp_observe\": nobody reads a body before its token is verified");
}

}  // namespace mcp_resource
