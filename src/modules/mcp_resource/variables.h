// Variables for logs and maps.
#pragma once

#include "ngx/nginx.h"

namespace mcp_resource {

// Throws ngx::ConfigError.
void add_variables(ngx_conf_t* cf);

}  // namespace mcp_resource
