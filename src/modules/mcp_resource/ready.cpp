// mcp_ready: whether a request with a good token could be let in now. For the probes of a load balancer or an
// orchestrator, which bring no token.
#include <algorithm>
#include <array>
#include <span>
#include <string>
#include <string_view>

#include "authority/turn_rule.h"
#include "modules/mcp_resource/config.h"
#include "modules/mcp_resource/directives.h"
#include "ngx/guard.h"
#include "ngx/header.h"
#include "ngx/location.h"

namespace mcp_resource {
namespace {

constexpr std::string_view text_type = "text/plain";
constexpr std::string_view answered_by_another =
    "another directive answers in this location; give it a location of its own";
constexpr std::string_view retry_after = "5";
static_assert(authority::TurnRule::interval == std::chrono::seconds(5), "nobody is asked earlier");

// As its tokens and the metadata name it, which everybody may read; the URL of its keys may be an internal one.
const std::string& name_of(const Issuer& issuer, const Endpoint& endpoint) {
    const auto& names = issuer.rules.claims.accepted_issuers;
    return names.empty() ? endpoint.resource.uri.text() : names.front();
}

// Keys answer for every token. Where the issuer has withdrawn all of them, it must be there to say so again: else a
// token is told to come later.
bool have_answer(authority::IssuerKeys& keys) {
    const auto set = keys.current();
    return set && (!(*set)->keys().empty() || !keys.is_failing());
}

bool has_keys(authority::IssuerKeys& keys) {
    if (!have_answer(keys)) keys.hasten();
    return have_answer(keys);
}

// One line for each issuer without keys.
std::string missing_keys(const MainConf& main) {
    std::string lines;
    for (const auto& endpoint : main.endpoints)
        for (const Issuer& issuer : endpoint->issuers) {
            if (has_keys(*issuer.keys)) continue;
            const std::string line = "no keys of " + name_of(issuer, *endpoint) + '\n';
            if (!lines.contains(line)) lines += line;
        }
    return lines;
}

ngx_int_t respond(ngx_http_request_t* request, ngx_uint_t status, std::string_view text) {
    ngx_str_t type = ngx::str(text_type);
    ngx_http_complex_value_t content{};
    content.value = ngx::copy(request->pool, text);
    ngx::add_response_header(request, "Cache-Control", "no-store");
    return ngx_http_send_response(request, status, &type, &content);
}

ngx_int_t handle_ready(ngx_http_request_t* request) noexcept {
    return ngx::guarded(request, [request] {
        if ((request->method & (NGX_HTTP_GET | NGX_HTTP_HEAD)) == 0) {
            ngx::add_response_header(request, "Allow", "GET, HEAD");
            return respond(request, NGX_HTTP_NOT_ALLOWED, "only GET and HEAD\n");
        }
        const std::string missing = missing_keys(main_conf(request));
        if (missing.empty()) return respond(request, NGX_HTTP_OK, "ready\n");
        ngx::add_response_header(request, "Retry-After", retry_after);
        return respond(request, NGX_HTTP_SERVICE_UNAVAILABLE, "not ready\n" + missing);
    });
}

// "return" answers before any content handler does. nginx shows nobody the configuration of its rewrite module, but
// this is its first member: what "return", "set" and their kind were compiled to, in words that hold functions among
// others. Behind an "if" or a "break" nobody knows.
bool returns_at_once(ngx_conf_t* cf) {
    const auto* conf = static_cast<ngx_array_t* const*>(ngx::location_conf_of(cf, "ngx_http_rewrite_module"));
    if (conf == nullptr || *conf == nullptr) return false;
    const std::span words(static_cast<const ngx_http_script_code_pt*>((*conf)->elts),
                          (*conf)->nelts * (*conf)->size / sizeof(ngx_http_script_code_pt));
    constexpr std::array<ngx_http_script_code_pt, 3> deciding = {ngx_http_script_return_code, ngx_http_script_if_code,
                                                                 ngx_http_script_break_code};
    const auto first = std::ranges::find_first_of(words, deciding);
    return first != words.end() && *first == ngx_http_script_return_code;
}

}  // namespace

// mcp_ready
void set_mcp_ready(const ngx::Arguments& arguments, LocationConf& conf) {
    if (conf.is_probe) throw ngx::DuplicateDirective();
    conf.is_probe = true;
    auto& location = *static_cast<ngx_http_core_loc_conf_t*>(
        ngx_http_conf_get_module_loc_conf(arguments.cf(), ngx_http_core_module));
    if (location.handler != nullptr) throw ngx::ConfigError(std::string(answered_by_another));
    location.handler = handle_ready;
}

void check_probe(ngx_conf_t* cf, const LocationConf& conf) {
    if (!conf.is_probe) return;
    if (conf.endpoint != nullptr)
        refuse_directive("mcp_ready", "a probe brings no token, but " +
                                          ngx::in_quotes(conf.endpoint->resource.uri.text()) +
                                          " is protected here; give it a location of its own");
    if (ngx::location_of(cf).handler != handle_ready || returns_at_once(cf))
        refuse_directive("mcp_ready", answered_by_another);
}

}  // namespace mcp_resource
