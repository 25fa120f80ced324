#include "boundary/query_token.h"

#include <string_view>

#include "ngx/string.h"
#include "oauth/bearer.h"

namespace boundary {
namespace {

bool is_token(std::string_view query) noexcept {
    return oauth::has_form_parameter(query, "access_token");
}

std::string_view query_of(std::string_view uri) noexcept {
    const std::size_t mark = uri.find('?');
    return mark == std::string_view::npos ? std::string_view() : uri.substr(mark + 1);
}

bool cut_query_token(ngx_str_t& text) noexcept {
    const std::string_view query = query_of(ngx::view(text));
    if (!is_token(query)) return false;
    text.len -= query.size() + 1;
    return true;
}

// nginx has none yet when it cannot read the line, and then logs what it got.
void complete_request_line(ngx_http_request_t* request) noexcept {
    if (request->request_line.data != nullptr || request->request_start == nullptr) return;
    u_char* end = request->request_start;
    while (end < request->header_in->last && *end != CR && *end != LF)
        end++;
    request->request_line = {static_cast<std::size_t>(end - request->request_start), request->request_start};
}

}  // namespace

bool has_query_token(const ngx_http_request_t* request) noexcept {
    return is_token(ngx::view(request->args)) || is_token(query_of(ngx::view(request->unparsed_uri)));
}

void keep_query_token_out_of_request_line(ngx_http_request_t* request) noexcept {
    if (cut_query_token(request->request_line)) ngx::DerivedVariables::of(request).forget(request);
}

void forget_query_token(ngx_http_request_t* request) noexcept {
    complete_request_line(request);
    // Each by itself: an internal redirect has arguments of its own, and nginx refuses some requests before it has any.
    const bool was_in_arguments = is_token(ngx::view(request->args));
    if (was_in_arguments) request->args.len = 0;
    const bool was_in_line = cut_query_token(request->request_line);
    const bool was_in_uri = cut_query_token(request->unparsed_uri);
    if (was_in_arguments || was_in_line || was_in_uri) ngx::DerivedVariables::of(request).forget(request);
}

}  // namespace boundary
