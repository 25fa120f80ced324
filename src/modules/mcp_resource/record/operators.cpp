#include "modules/mcp_resource/record/operators.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "base/host_pattern.h"
#include "base/http_url.h"
#include "modules/mcp_resource/answering_location.h"
#include "modules/mcp_resource/config.h"
#include "ngx/header.h"
#include "ngx/own_host.h"
#include "ngx/string.h"

namespace mcp_resource {
namespace {

bool is_host_of_resource(const MainConf& main, std::string_view host) noexcept {
    return std::ranges::any_of(main.endpoints, [host](const auto& endpoint) {
        const auto url = base::HttpUrl::parse(endpoint->resource.uri.text());
        return url && ngx::equal_ignoring_case(url->host, host);
    });
}

// Scripts cannot keep a browser from sending the first of these, at the least.
bool is_from_browser(const ngx_http_request_t* request) {
    static constexpr std::array<std::string_view, 3> signs = {"Accept-Language", "Origin", "Sec-Fetch-Site"};
    bool found = false;
    ngx::each_header(request->headers_in.headers, [&](const ngx_table_elt_t& header) {
        const auto is_name = [&](std::string_view sign) {
            return ngx::equal_ignoring_case(ngx::name_of(header), sign);
        };
        const bool is_agent = is_name("User-Agent") && ngx::view(header.value).starts_with("Mozilla/");
        found = found || is_agent || std::ranges::any_of(signs, is_name);
    });
    return found;
}

}  // namespace

ngx_int_t refuse_foreign_host(ngx_http_request_t* request, Readers readers) {
    const std::string_view host = ngx::view(request->headers_in.server);  // without the port, in lower case
    if (!base::may_be_rebound(host) || ngx::is_server_name(request, host) ||
        is_host_of_resource(main_conf(request), host))
        return NGX_DECLINED;
    if (readers == Readers::programs && !is_from_browser(request)) return NGX_DECLINED;
    return answer_with(request, NGX_HTTP_MISDIRECTED_REQUEST, "text/plain",
                       ngx::in_quotes(host) +
                           " is not a name of this server, so a web site may have sent this request. Use an IP address "
                           "in the URL, or add the name to \"server_name\" in the configuration of nginx.\n");
}

void add_headers_against_embedding(ngx_http_request_t* request) {
    ngx::add_response_header(request, "X-Content-Type-Options", "nosniff");
    ngx::add_response_header(request, "Cross-Origin-Resource-Policy", "same-origin");
}

}  // namespace mcp_resource
