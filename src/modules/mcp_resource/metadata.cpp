#include <algorithm>

#include "boundary/query_token.h"
#include "modules/mcp_resource/config.h"
#include "modules/mcp_resource/response.h"
#include "ngx/header.h"
#include "ngx/string.h"

namespace mcp_resource {
namespace {

// As it is advertised, byte by byte; else as nginx understands the path, so that an equivalent spelling finds it too.
const Endpoint* find_document(const ServerConf& server, const ngx_http_request_t* request) noexcept {
    const auto find = [&](auto matches) -> const Endpoint* {
        const auto found = std::ranges::find_if(server.metadata, matches);
        return found == server.metadata.end() ? nullptr : found->endpoint;
    };
    const auto is_sent = [&](const MetadataPath& path) { return path.text == ngx::view(request->unparsed_uri); };
    const auto is_meant = [&](const MetadataPath& path) {
        const std::size_t mark = path.text.find('?');
        return path.path == ngx::view(request->uri) &&
               (mark == std::string::npos || path.text.substr(mark + 1) == ngx::view(request->args));
    };
    const Endpoint* exact = find(is_sent);
    return exact != nullptr ? exact : find(is_meant);
}

}  // namespace

ngx_int_t serve_metadata(ngx_http_request_t* request) {
    const ServerConf& server = server_conf(request);
    if (server.metadata.empty() || request != request->main) return NGX_DECLINED;
    const Endpoint* endpoint = find_document(server, request);
    if (endpoint == nullptr) return NGX_DECLINED;
    boundary::forget_query_token(request);

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
