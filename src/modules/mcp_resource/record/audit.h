// $mcp_audit: the record of a decision as a line for "access_log".
#pragma once

#include "ngx/nginx.h"

namespace mcp_resource {

// While the configuration is read. Throws ngx::ConfigError, std::bad_alloc.
void add_audit_variable(ngx_conf_t* cf);
// Once all of it was read: whether anything uses the variable.
bool is_audit_used(ngx_conf_t* cf) noexcept;
// Its number among those that are used: asking for it uses it. Throws std::bad_alloc.
ngx_int_t audit_variable(ngx_conf_t* cf);

}  // namespace mcp_resource
