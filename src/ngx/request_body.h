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

// The client sends no body before it is asked to (RFC 9110 section 10.1.1): "Expect: 100-continue".
bool waits_to_be_asked(const ngx_http_request_t* request) noexcept;

// For an answer that needs no body: such a client is not asked for it. Nobody knows whether it sends it now, so that
// the connection ends after the answer.
void do_not_ask_for_body(ngx_http_request_t* request) noexcept;

// Lives in the pool of its request, made by ngx::make(); one for each reading.
class RequestBody {
public:
    RequestBody(ngx_http_request_t* request, std::size_t max_bytes) noexcept
        : request_(request), max_bytes_(max_bytes) {}
    RequestBody(const RequestBody&) = delete;
    RequestBody& operator=(const RequestBody&) = delete;
    ~RequestBody() { stop_clock(); }

    // What is kept of it counts in `whole` until the request ends, and no more is read than finds room there.
    void count_in(HeldBytes& whole, std::string client) { counted_.emplace(whole, std::move(client)); }

    // Reading ends so long after it began, however the client sends: is_complete() is false then, what came is
    // forgotten, and the connection ends after the answer. So it does where nginx would refuse what comes.
    void give_up_after(ngx_msec_t limit) noexcept { limit_ = limit; }

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
    // give_up_after(): nobody waits for it any more.
    bool is_given_up() const noexcept { return is_given_up_; }
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
    static void on_deadline(ngx_event_t* event) noexcept;
    template <class Step>
    void go_on(Step step) noexcept;
    bool goes_on_without() const noexcept;
    void wait() noexcept;
    void leave() noexcept;
    void run_phases() noexcept;
    ngx_int_t begin();
    ngx_int_t read_rest();
    void copy(const ngx_chain_t* link);
    bool consume();
    Cut append(const ngx_buf_t& buffer);
    bool is_cut() const noexcept { return cut_ != Cut::none; }
    void pass_on();
    void give_up() noexcept;
    void stop_clock() noexcept;

    ngx_http_request_t* request_;
    std::size_t max_bytes_;
    std::string text_;  // constant once all is there: nginx then points into it
    std::optional<HeldBytes::Part> counted_;
    ngx_msec_t limit_ = 0;    // 0: as long as nginx waits
    ngx_event_t deadline_{};  // its timer is the limit
    bool is_complete_ = false;
    bool is_given_up_ = false;
    Cut cut_ = Cut::none;  // why the rest is not read
};

}  // namespace ngx
