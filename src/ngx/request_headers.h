// The headers of a client's request, as a list that later handlers (proxy_pass among them) read: looking at them, and
// editing them.
#pragma once

#include <span>
#include <string_view>

#include "base/ascii.h"
#include "ngx/header.h"
#include "ngx/nginx.h"
#include "ngx/string.h"

namespace ngx {

struct RequestHeader {
    std::string_view name, value;  // both live as long as the request, and hold nothing that ends a header line
};

// Calls `visit(const ngx_table_elt_t&)` for every header, in the order in which they came.
template <class Visit>
void each_request_header(const ngx_http_request_t* request, Visit visit) {
    each_header(request->headers_in.headers, [&](const ngx_table_elt_t& header) { visit(header); });
}

using base::same_cgi_name;

// False for a name of letters, digits and "-" alone, which has no other spelling than by case.
bool is_unusual_name(std::string_view name) noexcept;

// Whether `removes(const ngx_table_elt_t&)` holds for any header.
template <class Removes>
bool any_request_header(const ngx_http_request_t* request, Removes removes) {
    bool found = false;
    each_request_header(request, [&](const ngx_table_elt_t& header) { found = found || removes(header); });
    return found;
}

// A list for `request` alone, with room for `capacity` headers: nginx lets subrequests use their parent's list, so that
// an edit in one would show in the other. Elements of the old list stay where they are: nginx keeps pointers to some.
// Throws std::bad_alloc.
class RequestHeaderList {
public:
    RequestHeaderList(ngx_http_request_t* request, std::size_t capacity);
    void add(const ngx_table_elt_t& header);
    void add(const RequestHeader& header);
    void give_to(ngx_http_request_t* request) noexcept;

private:
    ngx_pool_t* pool_;
    ngx_list_t list_{};
};

// Takes out the headers for which `removes(const ngx_table_elt_t&)` holds, then puts in those of `added`. Throws
// std::bad_alloc, and then nothing has changed. Whoever needs nginx' variables to follow calls
// DerivedVariables::forget() afterwards.
template <class Removes>
void edit_request_headers(ngx_http_request_t* request, Removes removes, std::span<const RequestHeader> added = {}) {
    std::size_t count = added.size();
    each_request_header(request, [&](const ngx_table_elt_t&) { count++; });
    RequestHeaderList list(request, count);
    each_request_header(request, [&](const ngx_table_elt_t& header) {
        if (!removes(header)) list.add(header);
    });
    for (const RequestHeader& header : added)
        list.add(header);
    list.give_to(request);
}

}  // namespace ngx
