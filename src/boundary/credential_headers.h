// Which headers of a request are its client's credentials, and their removal.
#pragma once

#include <span>
#include <string_view>

#include "boundary/crossing.h"
#include "ngx/nginx.h"
#include "ngx/request_headers.h"
#include "ngx/variable.h"

namespace boundary {

class CredentialHeaders {
public:
    explicit CredentialHeaders(const ngx_http_request_t* request) noexcept
        : request_(request), nearest_(nearest_crossing(request)) {}

    // Also those that are not the client's: of a request that was refused nothing goes on.
    void extend_to_all() noexcept { is_of_all_ = true; }

    bool contains(const ngx_table_elt_t& header) const noexcept;

    // What the backend of a location got that the request, or one that it is a part of, has left.
    bool is_granted(const ngx_table_elt_t& header) const noexcept;

private:
    bool is_token_header(std::string_view name) const noexcept;

    const ngx_http_request_t* request_;
    const Crossing* nearest_;
    bool is_of_all_ = false;
};

// Takes out the headers for which `removes(const ngx_table_elt_t&)` holds, puts in those of `added`, and lets nginx'
// variables follow: those of a subrequest are its own from then on. Throws std::bad_alloc.
template <class Removes>
void edit_headers(ngx_http_request_t* request, Removes removes, std::span<const ngx::RequestHeader> added = {}) {
    if (added.empty() && !ngx::any_request_header(request, removes)) return;
    if (request != request->main && request->variables == request->parent->variables)
        ngx::DerivedVariables::of(request).separate(request);
    ngx::edit_request_headers(request, removes, added);
    ngx::DerivedVariables::of(request).forget(request);
}

// What nginx has read of a password ($remote_user), whether anybody checked it or not.
void forget_basic_user(ngx_http_request_t* request) noexcept;

// auth_basic leaves a mark when it refuses; "satisfy any" only keeps it from being sent.
bool has_refused_password(const ngx_http_request_t* request) noexcept;

}  // namespace boundary
