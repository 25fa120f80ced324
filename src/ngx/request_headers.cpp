#include "ngx/request_headers.h"

#include <algorithm>
#include <new>

#include "base/ascii.h"

namespace ngx {
namespace {

// The one typed slot of nginx for a header that edits take out.
void forget_removed_authorization(ngx_http_request_t* request) noexcept {
    const bool is_there = any_request_header(request, [](const ngx_table_elt_t& header) {
        return base::equals_ignoring_case(name_of(header), "authorization");
    });
    if (!is_there) request->headers_in.authorization = nullptr;
}

}  // namespace

bool is_unusual_name(std::string_view name) noexcept {
    return std::ranges::any_of(name, [](char c) { return c != '-' && base::cgi_character(c) == '_'; });
}

RequestHeaderList::RequestHeaderList(ngx_http_request_t* request, std::size_t capacity) : pool_(request->pool) {
    const std::size_t at_least_one = std::max<std::size_t>(capacity, 1);  // nginx cannot make an empty list
    if (ngx_list_init(&list_, pool_, at_least_one, sizeof(ngx_table_elt_t)) != NGX_OK) throw std::bad_alloc();
}

void RequestHeaderList::add(const ngx_table_elt_t& header) {
    auto* place = static_cast<ngx_table_elt_t*>(ngx_list_push(&list_));
    if (place == nullptr) throw std::bad_alloc();
    *place = header;
}

void RequestHeaderList::add(const RequestHeader& header) {
    auto* lower_case = static_cast<u_char*>(ngx_pnalloc(pool_, header.name.size()));
    if (lower_case == nullptr) throw std::bad_alloc();
    ngx_table_elt_t element{};
    element.hash = ngx_hash_strlow(lower_case, str(header.name).data, header.name.size());
    element.key = str(header.name);
    element.lowcase_key = lower_case;
    element.value = str(header.value);
    add(element);
}

void RequestHeaderList::give_to(ngx_http_request_t* request) noexcept {
    ngx_list_t& list = request->headers_in.headers;
    const bool is_one_part = list_.last == &list_.part;
    list = list_;
    if (is_one_part) list.last = &list.part;
    forget_removed_authorization(request);
}

}  // namespace ngx
