// The body of a request, read into memory within a limit.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "ngx/nginx.h"

namespace ngx {

// Lives in the pool of its request, made by ngx::make(); one for each reading.
class RequestBody {
public:
    RequestBody(ngx_http_request_t* request, std::size_t max_bytes) noexcept
        : request_(request), max_bytes_(max_bytes) {}

    // For a main request, as what a phase handler does last. Returns NGX_DONE, or a status. nginx calls that handler
    // again, from the event loop or from within, when the body is there or is too large: that may end the request.
    // Nothing goes to a temporary file, and no more than `max_bytes` are kept, whatever length the client announces or
    // does not. What was read is what the content handler finds, with no other copy of it, and what it finds after an
    // internal redirect.
    ngx_int_t read();

    // What `source` has read already. False: it has read nothing, or not all.
    bool take_from(const ngx_http_request_t& source);

    // Read to its end, or to where it was too large.
    bool is_complete() const noexcept { return is_complete_; }
    bool is_too_large() const noexcept { return too_large_; }
    std::string_view text() const noexcept { return text_; }

private:
    static RequestBody& of(const ngx_http_request_t* request) noexcept;
    static void begun(ngx_http_request_t* request) noexcept;
    static void more(ngx_http_request_t* request) noexcept;
    template <class Step>
    void go_on(Step step) noexcept;
    ngx_int_t begin();
    ngx_int_t read_rest();
    void copy(const ngx_chain_t* link);
    bool consume();
    bool append(const ngx_buf_t& buffer);
    void pass_on();
    void give_up() noexcept;

    ngx_http_request_t* request_;
    std::size_t max_bytes_;
    std::string text_;  // constant once all is there: nginx then points into it
    bool is_complete_ = false;
    bool too_large_ = false;
};

}  // namespace ngx
