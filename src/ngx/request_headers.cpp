#include "ngx/request_headers.h"

#include <algorithm>
#include <array>
#include <new>

#include "base/ascii.h"

namespace ngx {
namespace {

// Every header of every request is compared with a handful of names.
constexpr auto cgi_characters = [] {
    std::array<char, 256> table{};
    for (int c = 0; c < 256; c++) {
        const char lower = base::to_lower(static_cast<char>(c));
        const bool is_kept = (lower >= 'a' && lower <= 'z') || (lower >= '0' && lower <= '9');
        table[static_cast<std::size_t>(c)] = is_kept ? lower : '_';
    }
    return table;
}();

char cgi_character(char c) noexcept {
    return cgi_characters[static_cast<unsigned char>(c)];
}

// The one typed slot of nginx for a header that edits take out.
void forget_removed_authorization(ngx_http_request_t* request) noexcept {
    const bool is_there = any_request_header(request, [](const ngx_table_elt_t& header) {
        return base::equals_ignoring_case(name_of(header), "authorization");
    });
    if (!is_there) request->headers_in.authorization = nullptr;
}

}  // namespace

bool same_cgi_name(std::string_view a, std::string_view b) noexcept {
    if (a.size() != b.size()) return false;
    for (std::size_t i = 0; i < a.size(); i++)
        if (cgi_character(a[i]) != cgi_character(b[i])) return false;
    return true;
}

bool is_unusual_name(std::string_view name) noexcept {
    return std::ranges::any_of(name, [](char c) { return c != '-' && cgi_character(c) == '_'; });
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
