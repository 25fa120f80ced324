// That a request has reached a protected location, and with which credentials: what every module knows of it, whatever
// else it protects there.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "ngx/nginx.h"
#include "ngx/variable.h"

namespace boundary {

// As the client sent them. Views into the request's memory, which lives as long as the request.
struct Credentials {
    explicit Credentials(const ngx_http_request_t* request) noexcept;

    std::optional<std::string_view> authorization;
    bool more_authorizations = false;  // nginx refuses such requests, and may show them to an error page
    bool token_in_query;               // RFC 6750 section 2.3
};

// A request, or a subrequest, that has reached a protected location. In the pool of the request.
class Crossing {
public:
    Crossing(const ngx_http_request_t* request, const Credentials& credentials) noexcept
        : request_(request), credentials_(credentials) {}

    const ngx_http_request_t* request() const noexcept { return request_; }
    const Credentials& credentials() const noexcept { return credentials_; }

    // A protected location. `token_headers`: other headers that tokens are read from there, or around it; they live as
    // long as the configuration. Throws std::bad_alloc.
    void enter(std::span<const std::string_view> token_headers = {});
    std::span<const std::string_view> token_headers() const noexcept { return token_headers_; }

    // From then on the request has none of its client's credentials. `granted`: the value of the Authorization header
    // that its backend gets in their place, or empty; it lives as long as the request.
    void hand_over(std::string_view granted = {}) noexcept;
    bool handed_over() const noexcept { return handed_over_; }
    std::string_view granted() const noexcept { return granted_; }

private:
    const ngx_http_request_t* request_;
    Credentials credentials_;
    std::vector<std::string_view> token_headers_;
    std::string_view granted_;
    bool handed_over_ = false;
};

// Of this very request, or null.
Crossing* crossing_of(const ngx_http_request_t* request) noexcept;

// Of this request, or of the nearest that it is a part of; or null.
const Crossing* nearest_crossing(const ngx_http_request_t* request) noexcept;

// What the client sent, whatever has been taken out since: a subrequest is judged by the credentials of the request
// that it is a part of.
Credentials credentials_of(const ngx_http_request_t* request) noexcept;
std::optional<std::string_view> authorization_of(const ngx_http_request_t* request) noexcept;  // a part of the same

// The crossing of this request at the protected location where it is. Throws std::bad_alloc.
Crossing& crossing_at(ngx_http_request_t* request);

// What a module's configuration says about where a request is.
struct Place {
    bool is_protected;         // its location, or one around it
    bool server_has_boundary;  // if not, nothing of this concerns its requests
};

enum class Arrival : std::uint8_t {
    unconcerned,
    enters,        // a protected location
    leaves,        // one, for another that is not protected
    leaves_again,  // it has handed over before
};

// At the beginning of every location (rewrite phase). Who enters has a crossing afterwards. Throws std::bad_alloc.
Arrival arrive(ngx_http_request_t* request, Place place);

// At the log: whether the request has been to a protected location, or may have been meant for one.
bool is_concerned(const ngx_http_request_t* request, Place place) noexcept;

}  // namespace boundary
