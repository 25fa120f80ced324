// What the backend gets of a request.
#pragma once

#include "modules/mcp_resource/config.h"
#include "modules/mcp_resource/request_state.h"
#include "ngx/nginx.h"

namespace mcp_resource {

// Takes the client's credentials and identity headers out of the request, whoever let it pass, and puts the claims of
// the verified token in (null: there is none). Returns NGX_DECLINED for the phases to go on, or a status.
ngx_int_t hand_over(ngx_http_request_t* request, const Endpoint& endpoint, const oauth::VerifiedToken* token);

// For a query that holds a token: nginx writes the request line into its logs (SPEC 22, 69), and an error_page may lead
// to a backend.
void forget_query(ngx_http_request_t* request) noexcept;

}  // namespace mcp_resource
