// A location that this module answers itself, for somebody who brings no token: mcp_ready, mcp_metrics and their kind.
#pragma once

#include <string_view>

#include "modules/mcp_resource/config.h"
#include "ngx/config.h"

namespace mcp_resource {

// For the function of the directive. `visitor`, a literal, says in messages who comes ("a probe"). Throws
// ngx::ConfigError, ngx::DuplicateDirective.
void answer_here(const ngx::Arguments& arguments, LocationConf& conf, ngx_http_handler_pt handler,
                 std::string_view visitor);

// When the levels of `conf` are merged: where it could not answer, or would answer those who should have a token.
// Throws ngx::ConfigError.
void check_answering_location(ngx_conf_t* cf, const LocationConf& conf);

// NGX_DECLINED for GET and HEAD; else the answer that refuses the method was sent.
ngx_int_t refuse_other_methods(ngx_http_request_t* request);

// The whole answer, for this moment only. `type` lives as long as the request; so does the text of a view. Throws
// std::bad_alloc.
ngx_int_t answer_with_view(ngx_http_request_t* request, ngx_uint_t status, std::string_view type,
                           std::string_view text);
ngx_int_t answer_with(ngx_http_request_t* request, ngx_uint_t status, std::string_view type, std::string_view text);

}  // namespace mcp_resource
