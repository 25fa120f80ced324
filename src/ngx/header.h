// Headers of requests and responses.
#pragma once

#include <initializer_list>
#include <string_view>

#include "ngx/nginx.h"
#include "ngx/string.h"

namespace ngx {

inline std::string_view name_of(const ngx_table_elt_t& header) noexcept {
    return view(header.key);
}

// Calls `visit(const ngx_table_elt_t&)` for every header of a request or a response, in their order; `visit` may also
// take a ngx_table_elt_t& of a list that may be changed. Those of a response with the hash 0 are not sent.
template <class List, class Visit>
void each_header(List& list, Visit visit) {
    for (auto* part = &list.part; part != nullptr; part = part->next) {
        auto* headers = static_cast<ngx_table_elt_t*>(part->elts);
        for (ngx_uint_t i = 0; i < part->nelts; i++)
            visit(headers[i]);
    }
}

// The value of the request's Authorization header, if there is one. nginx itself answers 400 to a request with two, in
// every version we support (ngx_http_process_unique_header_line).
inline const ngx_table_elt_t* authorization(const ngx_http_request_t* request) noexcept {
    return request->headers_in.authorization;
}

// Adds a header; `name` must be a literal. Control characters of the value become spaces, so that it cannot end the
// header. Throws std::bad_alloc.
ngx_table_elt_t& add_response_header(ngx_http_request_t* request, std::string_view name, std::string_view value);

// Takes out the response's headers of these names (in any case).
void drop_response_headers(ngx_http_request_t* request, std::initializer_list<std::string_view> names) noexcept;

// As add_response_header(), where nginx's access phase knows about it ("satisfy any" takes it back).
ngx_table_elt_t& add_www_authenticate(ngx_http_request_t* request, std::string_view value);

}  // namespace ngx
