// A GET to another location of this server, whose answer is kept in memory instead of going to the client.
#pragma once

#include <cstddef>
#include <string_view>

#include "ngx/nginx.h"

namespace ngx {

// Lives in the pool of its request. nginx calls the request's phase handler again when it is done.
class Subrequest {
public:
    // `uri` may have arguments and percent-encoded characters; one with "/../" is refused. The answer may have up to
    // `max_body` bytes, whatever subrequest_output_buffer_size says. nullptr: refused; nginx has logged why.
    // Throws std::bad_alloc, and StartFailure.
    static Subrequest* start(ngx_http_request_t* parent, std::string_view uri, std::size_t max_body);

    // nginx left the request half prepared: only NGX_ERROR, which closes the connection, is safe.
    struct StartFailure {};

    // True for the subrequests that this class made.
    static bool is_one(const ngx_http_request_t* request) noexcept;

    bool done() const noexcept { return request_->done; }

    // The rest is for a subrequest that is done.
    ngx_uint_t status() const noexcept { return request_->headers_out.status; }
    bool is_encoded() const noexcept;   // a Content-Encoding other than identity
    bool is_complete() const noexcept;  // false: it was larger than max_body, or it broke off
    std::string_view body() const noexcept;

private:
    static ngx_int_t finished(ngx_http_request_t* request, void* data, ngx_int_t result) noexcept;

    ngx_http_request_t* request_;
    ngx_http_post_subrequest_t callback_;
    ngx_chain_t output_;
    bool failed_;
};

}  // namespace ngx
