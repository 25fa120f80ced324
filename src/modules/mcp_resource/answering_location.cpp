#include "modules/mcp_resource/answering_location.h"

#include <algorithm>
#include <array>
#include <span>
#include <string>

#include "ngx/header.h"
#include "ngx/location.h"
#include "ngx/string.h"

namespace mcp_resource {
namespace {

constexpr std::string_view answered_by_another =
    "another directive answers in this location; give it a location of its own";

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

void answer_here(const ngx::Arguments& arguments, LocationConf& conf, ngx_http_handler_pt handler,
                 std::string_view visitor) {
    if (conf.answering && conf.answering->handler == handler) throw ngx::DuplicateDirective();
    auto& location = *static_cast<ngx_http_core_loc_conf_t*>(
        ngx_http_conf_get_module_loc_conf(arguments.cf(), ngx_http_core_module));
    if (location.handler != nullptr) throw ngx::ConfigError(std::string(answered_by_another));
    location.handler = handler;
    conf.answering = {.directive = arguments.directive(), .visitor = visitor, .handler = handler};
}

void check_answering_location(ngx_conf_t* cf, const LocationConf& conf) {
    if (!conf.answering) return;
    const Answering& answering = *conf.answering;
    if (conf.endpoint != nullptr)
        refuse_directive(answering.directive, std::string(answering.visitor) + " brings no token, but " +
                                                  ngx::in_quotes(conf.endpoint->resource.uri.text()) +
                                                  " is protected here; give it a location of its own");
    if (ngx::location_of(cf).handler != answering.handler || returns_at_once(cf))
        refuse_directive(answering.directive, answered_by_another);
}

ngx_int_t refuse_other_methods(ngx_http_request_t* request) {
    if ((request->method & (NGX_HTTP_GET | NGX_HTTP_HEAD)) != 0) return NGX_DECLINED;
    ngx::add_response_header(request, "Allow", "GET, HEAD");
    return answer_with(request, NGX_HTTP_NOT_ALLOWED, "text/plain", "only GET and HEAD\n");
}

ngx_int_t answer_with(ngx_http_request_t* request, ngx_uint_t status, std::string_view type, std::string_view text) {
    return answer_with_view(request, status, type, ngx::view(ngx::copy(request->pool, text)));
}

ngx_int_t answer_with_view(ngx_http_request_t* request, ngx_uint_t status, std::string_view type,
                           std::string_view text) {
    ngx_str_t content_type = ngx::str(type);
    ngx_http_complex_value_t content{};
    content.value = ngx::str(text);
    ngx::add_response_header(request, "Cache-Control", "no-store");
    return ngx_http_send_response(request, status, &content_type, &content);
}

}  // namespace mcp_resource
