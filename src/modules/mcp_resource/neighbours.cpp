#include <string>
#include <string_view>

#include "modules/mcp_resource/config.h"
#include "ngx/config.h"
#include "ngx/location.h"

namespace mcp_resource {
namespace {

// Policy judges what was read into memory, and that is what the backend gets.
void refuse_body_in_file(ngx_conf_t* cf, const Endpoint& endpoint) {
    if (ngx::location_of(cf).client_body_in_file_only == 0 || !endpoint.resource.policy.depends_on_operation()) return;
    throw ngx::ConfigError(
        "\"client_body_in_file_only\" directive: it has no effect in a location of \"mcp_resource\" whose rules read "
        "the body; leave it out there");
}

#if (NGX_HTTP_CACHE)
// All modules with an upstream begin their configuration with nginx' own for it.
const ngx_http_upstream_conf_t* upstream_of(ngx_conf_t* cf, std::string_view module_name) noexcept {
    return static_cast<const ngx_http_upstream_conf_t*>(ngx::location_conf_of(cf, module_name));
}

void warn_about_shared_answers(ngx_conf_t* cf) {
    for (const std::string_view name : {"proxy", "fastcgi", "uwsgi", "scgi"}) {
        const auto* conf = upstream_of(cf, "ngx_http_" + std::string(name) + "_module");
        if (conf != nullptr && conf->store > 0)
            ngx::warn(cf, std::string(name) + "_store",
                      "in a location of \"mcp_resource\" it stores responses for one caller in files, from which other "
                      "callers may get them");
        if (conf == nullptr || conf->cache <= 0) continue;
        const std::string directive = std::string(name) + "_cache";
        ngx::warn(
            cf, directive,
            "in a location of \"mcp_resource\" a caller with a valid token gets cached responses of other callers, "
            "unless \"" +
                directive + "_key\" contains the caller: \"$mcp_issuer $mcp_subject ...\" (nginx cannot check this)");
    }
}
#else
void warn_about_shared_answers(ngx_conf_t* /*cf*/) {}
#endif

// Who is refused in the preaccess phase is never asked for anything else.
void refuse_vain_alternatives(ngx_conf_t* cf, const LocationConf& conf) {
    if (conf.phase != ngx::Phase::preaccess || ngx::location_of(cf).satisfy != NGX_HTTP_SATISFY_ANY) return;
    throw ngx::ConfigError(
        "\"mcp_phase\" directive: with \"preaccess\", \"satisfy any\" has no effect here; remove one of the two");
}

// Nobody counts those whom another module lets in.
void warn_about_unlimited_alternatives(ngx_conf_t* cf, const Endpoint& endpoint) {
    if (endpoint.resource.policy.limits().empty() || ngx::location_of(cf).satisfy != NGX_HTTP_SATISFY_ANY) return;
    ngx::warn(cf, "mcp_rate_limit", "with \"satisfy any\", a request that another access module lets in has no limit");
}

// What is no good here may be let in all the same, and is no guess then.
void refuse_doubtful_refusals(ngx_conf_t* cf, const Endpoint& endpoint) {
    if (!endpoint.refusal_limit || ngx::location_of(cf).satisfy != NGX_HTTP_SATISFY_ANY) return;
    throw ngx::ConfigError(
        "\"mcp_refusal_limit\" directive: with \"satisfy any\" a refused token may belong to a request that passes; "
        "set "
        "\"mcp_refusal_limit off\" here, or remove \"satisfy any\"");
}

}  // namespace

void check_neighbours(ngx_conf_t* cf, const LocationConf& conf) {
    if (conf.endpoint == nullptr) return;
    refuse_body_in_file(cf, *conf.endpoint);
    refuse_vain_alternatives(cf, conf);
    refuse_doubtful_refusals(cf, *conf.endpoint);
    warn_about_unlimited_alternatives(cf, *conf.endpoint);
    warn_about_shared_answers(cf);
}

}  // namespace mcp_resource
