// Serves the protected resource metadata (RFC 9728 section 3).
#pragma once

#include "ngx/nginx.h"

namespace mcp_resource {

// NGX_DECLINED for every path that is not one of this server's metadata documents, else NGX_DONE: answered.
ngx_int_t serve_metadata(ngx_http_request_t* request);

}  // namespace mcp_resource
