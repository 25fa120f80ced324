#include "modules/mcp_resource/metadata.h"

#include "modules/mcp_resource/config.h"
#include "modules/mcp_resource/response.h"
#include "ngx/header.h"
#include "ngx/string.h"

namespace mcp_resource {
namespace {

bool matches(std::string_view path_and_query, const ngx_http_request_t* request) noexcept {
    const std::size_t mark = path_and_query.find('?');
    if (path_and_query.substr(0, mark) != ngx::view(request->uri)) return false;
    return mark == std::string_view::npos || path_and_query.substr(mark + 1) == ngx::view(request->args);
}

const Endpoint* find_document(const ServerConf& server, const ngx_http_request_t* request) noexcept {
    for (const auto& [path, endpoint] : server.metadata)
        if (matches(path, request)) return endpoint;
    return nullptr;
}

}  // namespace

ngx_int_t serve_metadata(ngx_http_request_t* request) {
    const ServerConf& server = server_conf(request);
    if (server.metadata.empty() || request != request->main) return NGX_DECLINED;
    const Endpoint* endpoint = find_document(server, request);
    if (endpoint == nullptr) return NGX_DECLINED;

    ngx::add_response_header(request, "Access-Control-Allow-Origin", "*");  // there is nothing secret in it
    if ((request->method & (NGX_HTTP_GET | NGX_HTTP_HEAD)) != 0)
        return send(request, NGX_HTTP_OK, "application/json", endpoint->metadata_document);
    if (request->method != NGX_HTTP_OPTIONS) {
        ngx::add_response_header(request, "Allow", "GET, HEAD, OPTIONS");
        return send(request, NGX_HTTP_NOT_ALLOWED, "application/json", R"({"error":"method_not_allowed"})");
    }
    ngx::add_response_header(request, "Access-Control-Allow-Methods", "GET, HEAD, OPTIONS");
    ngx::add_response_header(request, "Access-Control-Allow-Headers", "MCP-Protocol-Version, *");
    ngx::add_response_header(request, "Access-Control-Max-Age", "86400");
    return send(request, NGX_HTTP_NO_CONTENT, "", "");
}

}  // namespace mcp_resource
