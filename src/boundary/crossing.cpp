#include "boundary/crossing.h"

#include <algorithm>

#include "base/ascii.h"
#include "boundary/query_token.h"
#include "ngx/header.h"
#include "ngx/location.h"
#include "ngx/pool.h"
#include "ngx/request_headers.h"
#include "ngx/string.h"

namespace boundary {
namespace {

// A request that began in a location which is not protected.
struct Visit {
    const ngx_http_request_t* request;
};

bool has_visited(const ngx_http_request_t* request) noexcept {
    return ngx::find<Visit>(request->pool, [&](const Visit& visit) { return visit.request == request; }) != nullptr;
}

bool is_in_first_location(const ngx_http_request_t* request) noexcept {
    return request->uri_changes == NGX_HTTP_MAX_URI_CHANGES + 1;
}

// True where an error page leads to whose cause nobody saw: nginx refuses too large a body, and a request for an
// "internal" location, before the phases of a location.
bool was_refused_before_any_location(const ngx_http_request_t* request) noexcept {
    if (request != request->main) return request->err_status != 0;  // subrequests have no mark
    return !is_in_first_location(request) && !has_visited(request);
}

std::optional<std::string_view> authorization_now(const ngx_http_request_t* request) noexcept {
    const ngx_table_elt_t* header = ngx::authorization(request);
    return header != nullptr ? std::optional(ngx::view(header->value)) : std::nullopt;
}

bool has_more_authorizations(const ngx_http_request_t* request) noexcept {
    std::size_t count = 0;
    ngx::each_request_header(request, [&](const ngx_table_elt_t& header) {
        if (base::equals_ignoring_case(ngx::name_of(header), "authorization")) count++;
    });
    return count > 1;
}

}  // namespace

Credentials::Credentials(const ngx_http_request_t* request) noexcept
    : authorization(authorization_now(request)),
      more_authorizations(has_more_authorizations(request)),
      token_in_query(has_query_token(request)) {}

void Crossing::enter(std::span<const std::string_view> token_headers) {
    handed_over_ = false;
    for (const std::string_view header : token_headers)
        if (std::ranges::find(token_headers_, header) == token_headers_.end()) token_headers_.push_back(header);
}

void Crossing::hand_over(std::string_view granted) noexcept {
    handed_over_ = true;
    if (!granted.empty()) granted_ = granted;
}

Crossing* crossing_of(const ngx_http_request_t* request) noexcept {
    return ngx::find_of<Crossing>(request);
}

const Crossing* nearest_crossing(const ngx_http_request_t* request) noexcept {
    return ngx::find_nearest<Crossing>(request);
}

Credentials credentials_of(const ngx_http_request_t* request) noexcept {
    const Crossing* crossing = nearest_crossing(request);
    return crossing != nullptr ? crossing->credentials() : Credentials(request);
}

std::optional<std::string_view> authorization_of(const ngx_http_request_t* request) noexcept {
    const Crossing* crossing = nearest_crossing(request);
    return crossing != nullptr ? crossing->credentials().authorization : authorization_now(request);
}

Crossing& crossing_at(ngx_http_request_t* request) {
    if (Crossing* known = crossing_of(request)) return *known;
    const Credentials credentials = credentials_of(request);
    if (request != request->main) ngx::DerivedVariables::of(request).separate(request);
    return ngx::make<Crossing>(request->pool, request, credentials);
}

Arrival arrive(ngx_http_request_t* request, Place place) {
    if (!place.server_has_boundary) return Arrival::unconcerned;
    if (place.is_protected) {
        crossing_at(request);
        return Arrival::enters;
    }
    if (const Crossing* crossing = nearest_crossing(request))
        return crossing->handed_over() ? Arrival::leaves_again : Arrival::leaves;
    if (was_refused_before_any_location(request)) return Arrival::leaves;
    if (request == request->main && is_in_first_location(request)) ngx::make<Visit>(request->pool, request);
    return Arrival::unconcerned;
}

bool is_concerned(const ngx_http_request_t* request, Place place) noexcept {
    if (!place.server_has_boundary) return false;
    return place.is_protected || nearest_crossing(request) != nullptr || ngx::has_no_location(request);
}

}  // namespace boundary
