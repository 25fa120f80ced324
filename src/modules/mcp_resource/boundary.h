// Where the client's credentials and identity headers end: at the first protected location that its request reaches,
// whatever way it leaves from there.
#pragma once

#include <string_view>
#include <vector>

#include "boundary/crossing.h"
#include "modules/mcp_resource/config.h"
#include "modules/mcp_resource/decisive_headers.h"
#include "ngx/nginx.h"
#include "oauth/verified_token.h"

namespace mcp_resource {

// What a request that has reached a protected location brought there. In the pool of the request.
class Entry {
public:
    Entry(const ngx_http_request_t* request, const DecisiveHeaders& headers) noexcept
        : request_(request), headers_(headers) {}

    const ngx_http_request_t* request() const noexcept { return request_; }
    const DecisiveHeaders& headers() const noexcept { return headers_; }

    void enter(const Boundary& boundary);
    const std::vector<const Boundary*>& boundaries() const noexcept { return boundaries_; }

private:
    const ngx_http_request_t* request_;
    DecisiveHeaders headers_;
    std::vector<const Boundary*> boundaries_;  // in the order in which they were entered
};

// The headers of this request as they came to the protected location where it is.
const DecisiveHeaders& headers_at(ngx_http_request_t* request);

// Whether this very request has handed over at a protected location, and has entered no other since.
bool has_handed_over(const ngx_http_request_t* request) noexcept;

// What the module's configuration says about where the request is.
boundary::Place place_of(const ngx_http_request_t* request) noexcept;

// At the beginning of every location, protected or not: the first that a request meets is recorded, and what may not
// get further ends. Returns NGX_DECLINED.
ngx_int_t enter_location(ngx_http_request_t* request);

// Before the content of a protected location, whoever let the request pass: takes the client's credentials and identity
// headers out, and puts in the claims of the verified token that `endpoint` asks for (null: there is no token, or no
// endpoint). Returns NGX_DECLINED for the phases to go on, or a status.
ngx_int_t hand_over(ngx_http_request_t* request, const Endpoint* endpoint, const oauth::VerifiedToken* token);

// In the access phase, before auth_basic looks at it.
void forget_basic_user(ngx_http_request_t* request) noexcept;

// For a request that was refused: nothing of the client's credentials is left for an error page or a log.
void leave_without_credentials(ngx_http_request_t* request);

// The same for whatever else refused it, and for requests that came to no location.
void before_log(ngx_http_request_t* request);

}  // namespace mcp_resource
