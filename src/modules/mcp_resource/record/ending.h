// Where an answer came from, and how it ended.
#pragma once

#include "mcp/observation.h"
#include "ngx/nginx.h"

namespace mcp_resource {

// In a header filter: nginx has made it up, as nobody else has answered. What such a page says is no word of the MCP
// server's.
bool is_page_of_nginx(const ngx_http_request_t* request) noexcept;

// In the log phase: false where the client has sent only a part of its body, and nginx has ended the request for that.
bool is_received_whole(const ngx_http_request_t* request) noexcept;

// In the log phase: who ended it before it was whole.
mcp::CutBy cut_by(const ngx_http_request_t* request) noexcept;

}  // namespace mcp_resource
