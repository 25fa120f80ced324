#include "ngx/endpoint.h"

#include <algorithm>

#include "ngx/guard.h"
#include "ngx/location.h"
#include "ngx/string.h"
#include "ngx/upstream.h"

namespace ngx {
namespace {

// "/_introspect" of "/_introspect/$http_x_tenant?a=b". Where that begins with a variable or has percent-encoding: the
// same of what came of it.
std::string_view first_segment(std::string_view written, std::string_view path) noexcept {
    const std::string_view constant = written.substr(0, written.find_first_of("$?"));
    const bool is_known = constant.size() > 1 && constant[1] != '/' && !constant.contains('%');
    const std::string_view known = is_known ? constant : path;
    return known.substr(0, known.find('/', 1));
}

bool pattern_begins_with(std::string_view pattern, std::string_view text) noexcept {
    if (!pattern.starts_with('^')) return false;
    pattern.remove_prefix(1);
    for (const char c : text) {
        if (pattern.starts_with('\\')) pattern.remove_prefix(1);
        if (!pattern.starts_with(c)) return false;
        pattern.remove_prefix(1);
    }
    return true;
}

bool is_there_for(const ngx_http_core_loc_conf_t& location, std::string_view segment) noexcept {
    if (segment.size() < 2) return false;
#if (NGX_PCRE)
    if (location.regex != nullptr) return pattern_begins_with(view(location.name), segment);
#endif
    return view(location.name).starts_with(segment);
}

// As nginx decodes it for a subrequest.
std::string path_of(std::string_view uri) {
    std::string path(uri.substr(0, uri.find('?')));
    auto* const begin = reinterpret_cast<u_char*>(path.data());
    u_char* source = begin;
    u_char* end = begin;
    ngx_unescape_uri(&end, &source, path.size(), 0);
    path.resize(static_cast<std::size_t>(end - begin));
    return path;
}

void check_sessions(ngx_conf_t* cf, const ngx_http_core_loc_conf_t& location, std::string_view directive,
                    const ConfigPlace& place) {
    if (!resumes_tls_sessions(*cf->cycle, location)) return;
    const ConfigPlace::Borrowed here(cf, place);
    warn(cf, directive,
         describe(location) +
             R"( shows a certificate: write "proxy_ssl_session_reuse off" in it; else nginx may resume )"
             "the TLS session of another location, and be known by the certificate of that one");
}

}  // namespace

bool may_answer(const ngx_http_core_loc_conf_t& location, std::string_view written, std::string_view path) noexcept {
    return location.internal != 0 && is_there_for(location, first_segment(written, path));
}

std::string objection(const ngx_http_core_loc_conf_t* location, std::string_view written, std::string_view path) {
    const std::string uri = url_in_quotes(written);
    if (location == nullptr || location->name.len == 0)
        return "there is no location for " + uri + R"(; write one, with "internal" in it)";
    const std::string answers = describe(*location) + " would answer " + uri;
    if (!is_there_for(*location, first_segment(written, path)))
        return answers +
               R"(, but its name does not begin like that URI; write a location for it, with "internal" in it)";
    return answers + R"(, but is open to clients; write "internal" in it)";
}

std::chrono::seconds read_time_limit(const Arguments& arguments) {
    const auto limit = arguments.seconds(0);
    if (limit.count() == 0)
        throw ConfigError("invalid time " + in_quotes(arguments[0]) + ", it must be at least \"1s\"");
    return limit;
}

bool EndpointChecks::is_same(const Use& a, const Use& b) noexcept {
    return a.server == b.server && a.directive == b.directive && a.written == b.written &&
           a.is_inherited_from_http == b.is_inherited_from_http;
}

void EndpointChecks::add(ngx_conf_t* cf, std::string_view directive, const ngx_http_complex_value_t& uri,
                         const ConfigPlace& place, bool is_inherited_from_http) {
    const auto* server =
        static_cast<const ngx_http_core_srv_conf_t*>(ngx_http_conf_get_module_srv_conf(cf, ngx_http_core_module));
    if (!is_location(cf) || !is_constant(uri)) return;  // servers are there for their locations
    const Use use{server, directive, view(uri.value), place, is_inherited_from_http};
    if (std::ranges::none_of(uses_, [&](const Use& known) { return is_same(known, use); })) uses_.push_back(use);
}

bool is_of_http(ngx_conf_t* cf, bool says_it, bool above) noexcept {
    return !says_it && (!is_location(cf) || above);
}

ngx_int_t EndpointChecks::run(ngx_conf_t* cf, bool by_certificate) const noexcept {
    return guarded<ngx_int_t>(cf->log, NGX_ERROR, [&]() -> ngx_int_t {
        for (const Use& use : uses_) {
            const std::string path = path_of(use.written);
            const auto* location = find_location(*use.server, path);
            if (location != nullptr && may_answer(*location, use.written, path)) {
                if (by_certificate) check_sessions(cf, *location, use.directive, use.place);
                continue;
            }
            std::string problem = objection(location, use.written, path);
            if (use.server->server_name.len != 0)
                problem += " (server " + in_quotes(view(use.server->server_name)) + ')';
            const ConfigPlace::Borrowed here(cf, use.place);
            const bool is_meant = location != nullptr && is_there_for(*location, first_segment(use.written, path));
            if (is_meant || !use.is_inherited_from_http) {
                tell_error(cf, use.directive, problem);
                return NGX_ERROR;
            }
            warn(cf, use.directive, problem);
        }
        return NGX_OK;
    });
}

}  // namespace ngx
