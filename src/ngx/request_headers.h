// The headers of a client's request, as a list that later handlers (proxy_pass among them) read: looking at them,
// taking some out and putting others in.
#pragma once

#include <string_view>

#include "ngx/nginx.h"
#include "ngx/string.h"

namespace ngx {

// Calls `visit(const ngx_table_elt_t&)` for every header, in the order in which they came.
template <class Visit>
void each_request_header(const ngx_http_request_t* request, Visit visit) {
    for (const ngx_list_part_t* part = &request->headers_in.headers.part; part != nullptr; part = part->next) {
        const auto* headers = static_cast<const ngx_table_elt_t*>(part->elts);
        for (ngx_uint_t i = 0; i < part->nelts; i++)
            visit(headers[i]);
    }
}

// Takes out every header of this name (in any case). The elements themselves stay where they are, since nginx keeps
// pointers to some. Throws std::bad_alloc, and then some may still be there.
void remove_request_header(ngx_http_request_t* request, std::string_view name);

// Adds a header; `name` and `value` must live as long as the request and hold nothing that ends a header line.
// Throws std::bad_alloc.
void add_request_header(ngx_http_request_t* request, std::string_view name, std::string_view value);

}  // namespace ngx
