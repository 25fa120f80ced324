// mcp_audit_required: the files that records go to, and whether they have room.
#pragma once

#include <cstddef>
#include <string>

#include "modules/mcp_resource/config.h"
#include "ngx/nginx.h"

namespace mcp_resource {

// Finds the files that must have room. When the levels of `conf` are merged, and those of nginx' own modules before.
// Throws ngx::ConfigError, std::bad_alloc.
void find_audit_files(ngx_conf_t* cf, LocationConf& conf);

// From init_process.
void begin_audit(Worker& worker) noexcept;

// Why a record of this request could not be kept, for the log; empty: it can, and room for it is promised until nginx
// has logged the request. `may_be_many`: it asks for more than one operation, or nobody knows. Throws std::bad_alloc.
std::string audit_problem(ngx_http_request_t* request, Worker& worker, bool may_be_many);

// When the record is about to be written, of so many bytes, to the logs of the location where the request is now.
// False: it would be cut, or take the place of those of open requests; the log says so once a minute. Throws
// std::bad_alloc.
bool is_room_for_record(ngx_http_request_t* request, Worker& worker, std::size_t bytes);

}  // namespace mcp_resource
