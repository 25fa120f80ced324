// A request that waits for something other than its client.
#pragma once

#include <cstdint>
#include <list>

#include "ngx/nginx.h"

namespace ngx {

class Pauses;

// While it is on, nothing that happens on the client's connection runs the phases of the request: only resume() does,
// or the end of its time. A client that goes away ends the request (499), also one that has said with the request that
// nothing more will come. For main requests and for subrequests, in HTTP/1.1, HTTP/2 and HTTP/3. (What runs in the
// background, as a mirror does, has no client that could go away.)
//
// Part of an object that lives in the pool of its request: so it ends with the request, and then nothing is called. A
// request that waits holds up a worker that is quitting, as it has a client to answer.
class Pause {
public:
    static constexpr ngx_msec_t no_limit = 0;

    explicit Pause(ngx_http_request_t* request) noexcept;
    Pause(const Pause&) = delete;
    Pause& operator=(const Pause&) = delete;
    ~Pause() { end(); }

    // Suspends the request for `limit` milliseconds at most, in one of its phase handlers, which then returns NGX_AGAIN
    // (in the rewrite phases NGX_DONE). Does nothing when it is on. With `outlives_client` a client that goes away ends
    // the request only when the pause is over: others want what it waits for.
    void begin(ngx_msec_t limit, bool outlives_client = false) noexcept;
    // nginx calls the phase handler again: soon, from the event loop, and once, however often this is called. Does
    // nothing when it is not on.
    void resume() noexcept;

    bool is_on() const noexcept { return state_ != State::off; }
    // The last one ended because its time was over.
    bool is_late() const noexcept { return is_late_; }

private:
    friend class Pauses;
    enum class State : std::uint8_t {
        off,
        waiting,
        resuming  // its event is posted
    };
    static void on_event(ngx_event_t* event) noexcept;
    static void on_leave_check(ngx_event_t* event) noexcept;
    void end() noexcept;
    void go_on() noexcept;
    bool has_lost_client() const noexcept;

    ngx_http_request_t* request_;
    ngx_event_t wake_{};   // its timer is the limit; posted, it resumes
    ngx_event_t check_{};  // whether the client has gone already
    ngx_http_event_handler_pt read_before_ = nullptr, write_before_ = nullptr;
    Pauses* in_ = nullptr;  // with others that wait for the same
    std::list<Pause*>::iterator place_;
    State state_ = State::off;
    bool is_late_ = false;
    bool outlives_client_ = false;
};

// The requests that wait for one thing.
class Pauses {
public:
    Pauses() noexcept = default;
    Pauses(const Pauses&) = delete;
    Pauses& operator=(const Pauses&) = delete;
    ~Pauses();

    // Begins it. Throws std::bad_alloc, and then it is off.
    void add(Pause& pause, ngx_msec_t limit);
    bool empty() const noexcept { return waiting_.empty(); }
    void resume_all() noexcept;

private:
    friend class Pause;
    std::list<Pause*> waiting_;
};

}  // namespace ngx
