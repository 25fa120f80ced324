#include "modules/mcp_resource/body.h"

#include "modules/mcp_resource/request_state.h"
#include "ngx/config.h"
#include "ngx/guard.h"

namespace mcp_resource {
namespace {

void body_read(ngx_http_request_t* request) noexcept {
    if (RequestState* state = find_state(request, location_conf(request).endpoint.get())) state->body_arrived();
    request->preserve_body = 1;  // an error_page may still lead to a location that passes it on
    request->write_event_handler = ngx_http_core_run_phases;
    ngx_http_core_run_phases(request);
}

bool append(std::string& body, const ngx_buf_t& buffer, std::size_t max_bytes) {
    const off_t size = ngx_buf_size(&buffer);
    if (size < 0 || static_cast<std::size_t>(size) > max_bytes - body.size()) return false;
    if (ngx_buf_in_memory(&buffer)) {
        body.append(reinterpret_cast<const char*>(buffer.pos), static_cast<std::size_t>(size));
        return true;
    }
    if (buffer.in_file == 0) return true;  // marks the end, and holds nothing: an empty body is one of these
    const std::size_t before = body.size();
    body.resize(before + static_cast<std::size_t>(size));
    auto* target = reinterpret_cast<u_char*>(body.data() + before);
    return ngx_read_file(buffer.file, target, static_cast<std::size_t>(size), buffer.file_pos) == size;
}

}  // namespace

ngx_int_t ask_for_body(ngx_http_request_t* request) {
    request->request_body_in_single_buf = 1;
    const ngx_int_t result = ngx_http_read_client_request_body(request, body_read);
    if (result >= NGX_HTTP_SPECIAL_RESPONSE) return result;
    ngx_http_finalize_request(request, NGX_DONE);  // reading counted this request a second time
    return NGX_DONE;
}

std::expected<std::string, mcp::TransportError> collect_body(const ngx_http_request_t* request, std::size_t max_bytes) {
    std::string body;
    if (request->request_body == nullptr) return body;
    for (const ngx_chain_t* link = request->request_body->bufs; link != nullptr; link = link->next)
        if (!append(body, *link->buf, max_bytes)) return std::unexpected(mcp::TransportError::body_too_large);
    return body;
}

}  // namespace mcp_resource
