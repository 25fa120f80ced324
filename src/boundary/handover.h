// Where a client's credentials end, in a module that protects nothing else: phase by phase.
#pragma once

#include <span>
#include <string_view>

#include "boundary/crossing.h"
#include "ngx/nginx.h"
#include "ngx/variable.h"

namespace boundary {

// Rewrite phase, at the beginning of every location: the first protected one that a request meets is recorded, and
// what may not get further ends. `token_headers`: Crossing::enter(). Throws std::bad_alloc.
void enter_location(ngx_http_request_t* request, Place place, std::span<const std::string_view> token_headers);

// Of a request that was refused, or has left before anybody asked, nothing goes on: not in an error page's arguments,
// either. Throws std::bad_alloc.
void leave_without_credentials(ngx_http_request_t* request);

// What becomes of credentials in a protected location.
struct Handover {
    std::string_view granted{};    // Crossing::hand_over()
    bool passed_by_token = false;  // and so by nobody's password
};

// Precontent phase of every protected location, whoever let the request pass. Throws std::bad_alloc.
void hand_over(ngx_http_request_t* request, const Handover& handover);

// Log phase, before any log is written: nothing of the credentials is left for it. Throws std::bad_alloc.
void before_log(ngx_http_request_t* request, Place place);

}  // namespace boundary
