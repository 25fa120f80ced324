#include "ngx/request_headers.h"

#include <new>

namespace ngx {
namespace {

ngx_table_elt_t* elements(const ngx_list_part_t& part) noexcept {
    return static_cast<ngx_table_elt_t*>(part.elts);
}

// Leaves elements[0, index) in `part` and moves the rest behind `index` into a part of their own: nothing is copied, so
// pointers to elements stay good. nginx's loops cannot cope with an empty part behind the first.
void cut_out(ngx_http_request_t* request, ngx_list_part_t* before, ngx_list_part_t& part, ngx_uint_t index) {
    ngx_list_t& list = request->headers_in.headers;
    const ngx_uint_t behind = part.nelts - index - 1;
    const bool is_last = list.last == &part;
    if (behind == 0) {
        part.nelts--;
        if (part.nelts == 0 && before != nullptr) {
            before->next = part.next;
            if (is_last) list.last = before;
        }
        if (is_last) list.nalloc = list.last->nelts == 0 ? list.nalloc : list.last->nelts;  // full: next push grows
        return;
    }
    if (index == 0) {
        part.elts = elements(part) + 1;
        part.nelts = behind;
    } else {
        auto* rest = static_cast<ngx_list_part_t*>(ngx_palloc(request->pool, sizeof(ngx_list_part_t)));
        if (rest == nullptr) throw std::bad_alloc();
        *rest = {.elts = elements(part) + index + 1, .nelts = behind, .next = part.next};
        part.next = rest;
        part.nelts = index;
        if (is_last) list.last = rest;
    }
    if (is_last) list.nalloc = behind;  // counts as full, since it begins in the middle of its memory
}

bool cut_out_first(ngx_http_request_t* request, std::string_view name) {
    ngx_list_part_t* before = nullptr;
    for (ngx_list_part_t* part = &request->headers_in.headers.part; part != nullptr; before = part, part = part->next) {
        for (ngx_uint_t i = 0; i < part->nelts; i++) {
            if (!equal_ignoring_case(view(elements(*part)[i].key), name)) continue;
            cut_out(request, before, *part, i);
            return true;
        }
    }
    return false;
}

}  // namespace

void remove_request_header(ngx_http_request_t* request, std::string_view name) {
    bool found = false;
    while (cut_out_first(request, name))
        found = true;
    if (found && equal_ignoring_case(name, "authorization")) request->headers_in.authorization = nullptr;
}

void add_request_header(ngx_http_request_t* request, std::string_view name, std::string_view value) {
    auto* header = static_cast<ngx_table_elt_t*>(ngx_list_push(&request->headers_in.headers));
    auto* lower_case = static_cast<u_char*>(ngx_pnalloc(request->pool, name.size()));
    if (header == nullptr || lower_case == nullptr) throw std::bad_alloc();
    *header = {};
    header->hash = ngx_hash_strlow(lower_case, str(name).data, name.size());
    header->key = str(name);
    header->lowcase_key = lower_case;
    header->value = str(value);
}

}  // namespace ngx
