// A request of our own to another location of this server, whose answer is kept in memory instead of going to the
// client.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <string_view>

#include "ngx/nginx.h"

namespace ngx {

// A POST of a form. Both texts must live as long as the request.
struct Form {
    std::string_view body;           // application/x-www-form-urlencoded
    std::string_view authorization;  // the value of the header
};

// Lives in the pool of its request. nginx calls the request's phase handler again when it is done.
class Subrequest {
public:
    // Why there is none.
    enum class Obstacle : std::uint8_t {
        nesting,    // nginx refuses subrequests of one in memory, and never ends one in the background that has any
        unsafe_uri  // nginx has logged it
    };
    using Started = std::expected<Subrequest*, Obstacle>;

    // Once, in the postconfiguration of a module that uses this class.
    static void install() noexcept;

    // A GET with no header of the client's except Host. `uri` may have arguments and percent-encoded characters; one
    // with "/../" is refused. The answer may have up to `max_body` bytes, whatever subrequest_output_buffer_size says.
    // Throws std::bad_alloc, and StartFailure.
    static Started start(ngx_http_request_t* parent, std::string_view uri, std::size_t max_body);

    // A POST, otherwise as above.
    static Started start(ngx_http_request_t* parent, std::string_view uri, std::size_t max_body, const Form& form);

    // nginx left the request half prepared: only NGX_ERROR, which closes the connection, is safe.
    struct StartFailure {};

    // True for the subrequests that this class made.
    static bool is_one(const ngx_http_request_t* request) noexcept;

    bool done() const noexcept { return request_->done; }

    // The rest is for a subrequest that is done.
    ngx_uint_t status() const noexcept { return request_->headers_out.status; }
    bool is_encoded() const noexcept;   // a Content-Encoding other than identity
    bool is_complete() const noexcept;  // false: it was larger than max_body, or it broke off
    bool is_too_large() const noexcept { return outgrown_; }
    std::string_view body() const noexcept;
    std::string_view header(std::string_view name) const noexcept;  // empty: none
    // Gives back the memory of the body, which else stays as long as the request.
    void release() noexcept;

private:
    static bool may_have_one(const ngx_http_request_t* parent) noexcept;
    static Started start(ngx_http_request_t* parent, std::string_view uri, std::size_t max_body,
                         const ngx_http_headers_in_t& headers, ngx_http_request_body_t* body);
    static Subrequest& of(const ngx_http_request_t* request) noexcept;
    static ngx_int_t filter_body(ngx_http_request_t* request, ngx_chain_t* in) noexcept;
    static ngx_int_t finished(ngx_http_request_t* request, void* data, ngx_int_t result) noexcept;

    ngx_http_request_t* request_;
    ngx_http_post_subrequest_t callback_;
    ngx_chain_t output_;
    std::size_t room_;  // how many more bytes the answer may have
    bool failed_;
    bool outgrown_;
    bool connection_error_;  // what r->connection->error was before
};

std::string_view text(Subrequest::Obstacle obstacle) noexcept;  // for the log

}  // namespace ngx
