// The body of a request, read into memory within a limit.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "ngx/held_bytes.h"
#include "ngx/nginx.h"

namespace ngx {

// Lives in the pool of its request, made by ngx::make(); one for each reading.
class RequestBody {
public:
    RequestBody(ngx_http_request_t* request, std::size_t max_bytes) noexcept
        : request_(request), max_bytes_(max_bytes) {}

    // What is kept of it counts in `whole` until the request ends, and no more is read than finds room there.
    void count_in(HeldBytes& whole, std::string client) { counted_.emplace(whole, std::move(client)); }

    // For a main request, as what a phase handler does last. Returns NGX_DONE, or a status. nginx calls that handler
    // again, from the event loop or from within, when the body is there or was cut: that may end the request.
    // Nothing goes to a temporary file, and no more than `max_bytes` are kept, whatever length the client announces or
    // does not. What was read is what the content handler finds, with no other copy of it, and what it finds after an
    // internal redirect.
    ngx_int_t read();

    // What `source` has read already. False: it has read nothing, or not all.
    bool take_from(const ngx_http_request_t& source);

    // Read to its end, or to where it was cut.
    bool is_complete() const noexcept { return is_complete_; }
    bool is_too_large() const noexcept { return cut_ == Cut::too_large; }
    bool found_no_room() const noexcept { return cut_ == Cut::no_room; }
    std::string_view text() const noexcept { return text_; }

private:
    enum class Cut : std::uint8_t {
        none,
        too_large,
        no_room
    };

    static RequestBody& of(const ngx_http_request_t* request) noexcept;
    static void begun(ngx_http_request_t* request) noexcept;
    static void more(ngx_http_request_t* request) noexcept;
    template <class Step>
    void go_on(Step step) noexcept;
    ngx_int_t begin();
    ngx_int_t read_rest();
    void copy(const ngx_chain_t* link);
    bool consume();
    Cut append(const ngx_buf_t& buffer);
    bool is_cut() const noexcept { return cut_ != Cut::none; }
    void pass_on();
    void give_up() noexcept;

    ngx_http_request_t* request_;
    std::size_t max_bytes_;
    std::string text_;  // constant once all is there: nginx then points into it
    std::optional<HeldBytes::Part> counted_;
    bool is_complete_ = false;
    Cut cut_ = Cut::none;  // why the rest is not read
};

}  // namespace ngx
