// Who may read what is meant for operators: nobody whom a web site sends.
#pragma once

#include <cstdint>

#include "ngx/nginx.h"

namespace mcp_resource {

enum class Readers : std::uint8_t {
    people,   // with a browser: the host must be one of ours
    programs  // scrapers, whatever they call this machine: only a browser needs a host of ours
};

// By DNS rebinding, a page of a web site could read what is served here: its own name then leads to this machine, but
// the request still has that name as its host. Ours are addresses, names of one label, names of the server, and hosts
// of protected resources. Returns NGX_DECLINED when the request may go on.
ngx_int_t refuse_foreign_host(ngx_http_request_t* request, Readers readers);

// So that pages of other sites can neither embed the answer nor take it for something else.
void add_headers_against_embedding(ngx_http_request_t* request);

}  // namespace mcp_resource
