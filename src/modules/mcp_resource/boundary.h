// Where the client's credentials and identity headers end: at the first protected location that its request reaches,
// whatever way it leaves from there.
#pragma once

#include <string_view>
#include <vector>

#include "modules/mcp_resource/config.h"
#include "modules/mcp_resource/decisive_headers.h"
#include "ngx/nginx.h"
#include "oauth/verified_token.h"

namespace mcp_resource {

// A request, or a subrequest, that has reached a protected location. In the pool of the request.
class Crossing {
public:
    Crossing(const ngx_http_request_t* request, const DecisiveHeaders& headers) noexcept
        : request_(request), headers_(headers) {}

    const ngx_http_request_t* request() const noexcept { return request_; }
    const DecisiveHeaders& headers() const noexcept { return headers_; }

    void enter(const Boundary& boundary);
    const std::vector<const Boundary*>& boundaries() const noexcept { return boundaries_; }

    // From then on the request has no credentials, and only identity headers that are ours.
    void hand_over() noexcept { handed_over_ = true; }
    bool handed_over() const noexcept { return handed_over_; }

private:
    const ngx_http_request_t* request_;
    DecisiveHeaders headers_;
    std::vector<const Boundary*> boundaries_;  // in the order in which they were entered
    bool handed_over_ = false;
};

// A header that says what is asked for, or what a backend may take for it: no identity can be put into one.
bool is_decisive_name(std::string_view name) noexcept;

// The crossing of this request at the protected location where it is.
Crossing& crossing_at(ngx_http_request_t* request);

// Whether this very request has handed over at a protected location, and has entered no other since.
bool has_handed_over(const ngx_http_request_t* request) noexcept;

// At the beginning of every location, protected or not: the first that a request meets is recorded, and what may not
// get further ends. Returns NGX_DECLINED.
ngx_int_t enter_location(ngx_http_request_t* request);

// Before the content of a protected location, whoever let the request pass: takes the client's credentials and identity
// headers out, and puts in the claims of the verified token that `endpoint` asks for (null: there is no token, or no
// endpoint). Returns NGX_DECLINED for the phases to go on, or a status.
ngx_int_t hand_over(ngx_http_request_t* request, const Endpoint* endpoint, const oauth::VerifiedToken* token);

// What nginx has read of a password ($remote_user), whether anybody checked it or not: in the access phase, before
// auth_basic does.
void forget_basic_user(ngx_http_request_t* request) noexcept;

// For a request that was refused: nothing of the client's credentials is left for an error page or a log.
void leave_without_credentials(ngx_http_request_t* request);

// The same for whatever else refused it, and for requests that came to no location.
void before_log(ngx_http_request_t* request);

}  // namespace mcp_resource
