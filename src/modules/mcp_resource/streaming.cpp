#include <algorithm>
#include <new>
#include <string_view>

#include "base/ascii.h"
#include "modules/mcp_resource/response.h"
#include "ngx/string.h"

namespace mcp_resource {
namespace {

constexpr ngx_msec_t patience = ngx_msec_t{24} * 60 * 60 * 1000;

}  // namespace

bool has_media_type(const ngx_http_request_t* request, std::string_view media_type) noexcept {
    const std::string_view type = ngx::view(request->headers_out.content_type);
    if (type == media_type) return true;  // as most write it
    return base::equals_ignoring_case(type.substr(0, media_type.size()), media_type) &&
           (type.size() == media_type.size() || type[media_type.size()] == ';' || type[media_type.size()] == ' ');
}

void let_events_flow(ngx_http_request_t* request) {
    ngx_http_upstream_t* upstream = request->upstream;
    if (upstream == nullptr || !has_media_type(request, "text/event-stream")) return;
    upstream->buffering = 0;  // as "X-Accel-Buffering: no" does; nginx looks at it once the header is sent
    auto* own = static_cast<ngx_http_upstream_conf_t*>(ngx_palloc(request->pool, sizeof(ngx_http_upstream_conf_t)));
    if (own == nullptr) throw std::bad_alloc();
    *own = *upstream->conf;  // the location's is shared by all requests
    own->read_timeout = std::max(own->read_timeout, patience);
    upstream->conf = own;
}

void bound_backend_buffer(const ngx_http_request_t* request, int size) noexcept {
    const ngx_http_upstream_t* upstream = request->upstream;
    if (upstream == nullptr || upstream->peer.connection == nullptr) return;
    const ngx_connection_t& connection = *upstream->peer.connection;
    if (::setsockopt(connection.fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size)) != 0)
        ngx_log_error(NGX_LOG_ALERT, request->connection->log, ngx_socket_errno, "setsockopt(SO_RCVBUF) failed");
}

}  // namespace mcp_resource
