#include "ngx/header.h"

#include <algorithm>
#include <new>

#include "base/ascii.h"
#include "ngx/string.h"

namespace ngx {

ngx_table_elt_t& add_response_header(ngx_http_request_t* request, std::string_view name, std::string_view value) {
    const ngx_str_t text = copy(request->pool, value);
    if (!base::is_printable(value))
        std::replace_if(text.data, text.data + text.len, [](u_char c) { return c < 0x20 || c == 0x7F; }, ' ');
    auto* header = static_cast<ngx_table_elt_t*>(ngx_list_push(&request->headers_out.headers));
    if (header == nullptr) throw std::bad_alloc();
    *header = {};
    header->hash = 1;
    header->key = str(name);
    header->value = text;
    return *header;
}

void drop_response_headers(ngx_http_request_t* request, std::initializer_list<std::string_view> names) noexcept {
    each_header(request->headers_out.headers, [&](ngx_table_elt_t& header) {
        const auto is_it = [&](std::string_view name) { return base::equals_ignoring_case(name_of(header), name); };
        if (std::ranges::any_of(names, is_it)) header.hash = 0;  // nginx sends no such header
    });
}

ngx_table_elt_t& add_www_authenticate(ngx_http_request_t* request, std::string_view value) {
    ngx_table_elt_t& header = add_response_header(request, "WWW-Authenticate", value);
#if (nginx_version >= 1023000)
    header.next = request->headers_out.www_authenticate;  // auth_basic may have added one
#endif
    request->headers_out.www_authenticate = &header;
    return header;
}

}  // namespace ngx
