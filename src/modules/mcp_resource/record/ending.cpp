#include "modules/mcp_resource/record/ending.h"

namespace mcp_resource {
namespace {

// nginx has not finished with it: what is sent now is its answer.
bool is_answering(const ngx_http_request_t* request) noexcept {
    return request->upstream != nullptr && request->upstream->cleanup != nullptr;
}

bool is_from_cache([[maybe_unused]] const ngx_http_request_t* request) noexcept {
#if (NGX_HTTP_CACHE)
    return request->cached != 0;
#else
    return false;
#endif
}

// It has failed, and nothing of what the client got is its answer.
bool is_replaced(const ngx_http_request_t* request, const ngx_http_upstream_t& upstream) noexcept {
    return upstream.header_sent == 0 && upstream.headers_in.x_accel_redirect == nullptr && !is_from_cache(request) &&
           upstream.state != nullptr && upstream.state->status >= NGX_HTTP_BAD_REQUEST;
}

// As nginx itself decides whether an answer is complete. Without a length, only the end of the connection ends it.
bool is_whole(const ngx_http_upstream_t& upstream) noexcept {
    constexpr off_t unknown = -1;
    if (upstream.upgrade != 0) return true;
    if (upstream.buffering == 0 || upstream.pipe == nullptr) return upstream.length <= 0;
    const ngx_event_pipe_t& pipe = *upstream.pipe;
    return pipe.upstream_done != 0 || pipe.length == 0 || (pipe.upstream_eof != 0 && pipe.length == unknown);
}

}  // namespace

bool is_page_of_nginx(const ngx_http_request_t* request) noexcept {
    if (is_answering(request) || is_from_cache(request)) return false;
    if (request->error_page != 0) return true;
    // Where "recursive_error_pages" is on, nothing marks an error page.
    if (request->upstream != nullptr) return request->upstream->headers_in.x_accel_redirect == nullptr;
    return request->headers_out.status >= NGX_HTTP_BAD_REQUEST;
}

bool is_received_whole(const ngx_http_request_t* request) noexcept {
    const ngx_http_request_body_t* body = request->request_body;
    const bool is_partial = body != nullptr && (request->reading_body != 0 || body->rest > 0);
    const bool is_answered = request->upstream != nullptr && request->upstream->header_sent != 0;
    if (!is_partial || is_answered) return true;
    const ngx_uint_t status = request->headers_out.status;
    return status != NGX_HTTP_BAD_REQUEST && status != NGX_HTTP_REQUEST_TIME_OUT &&
           status != NGX_HTTP_CLIENT_CLOSED_REQUEST;
}

mcp::CutBy cut_by(const ngx_http_request_t* request) noexcept {
    if (request->header_sent == 0) return mcp::CutBy::nobody;
    const ngx_connection_t& connection = *request->connection;
    const bool has_left = connection.error != 0 || connection.timedout != 0;
    if (has_left && request->request_complete == 0) return mcp::CutBy::client;
    const ngx_http_upstream_t* upstream = request->upstream;
    if (upstream == nullptr) return mcp::CutBy::nobody;
    const bool is_cut = upstream->header_sent != 0 && request->header_only == 0 && !is_whole(*upstream);
    return is_cut || is_replaced(request, *upstream) ? mcp::CutBy::backend : mcp::CutBy::nobody;
}

}  // namespace mcp_resource
