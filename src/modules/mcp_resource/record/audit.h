// $mcp_audit: the record of a decision as a line for "access_log".
#pragma once

#include <string>

#include "modules/mcp_resource/config.h"
#include "ngx/nginx.h"

namespace mcp_resource {

// While the configuration is read. Throws ngx::ConfigError, std::bad_alloc.
void add_audit_variable(ngx_conf_t* cf);
// Once all of it was read: whether anything uses the variable.
bool is_audit_used(ngx_conf_t* cf) noexcept;

// "mcp_audit_required": finds the files that must have room. When the levels of `conf` are merged, and those of nginx'
// own modules before. Throws ngx::ConfigError.
void find_audit_files(ngx_conf_t* cf, LocationConf& conf);

// Why a record of this request could not be kept, for the log; empty: it can. Throws std::bad_alloc.
std::string audit_problem(const ngx_http_request_t* request, Worker& worker);

}  // namespace mcp_resource
