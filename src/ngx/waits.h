// Requests that wait for one thing: the keys of an issuer, an answer about a token.
#pragma once

#include "ngx/nginx.h"

namespace ngx {

// A request that waits for what many may wait for. It holds up a worker that is quitting; destroying it ends the wait.
class Wait {
public:
    // From the event loop, once: it is there, or cannot be had now, or the time is over. May destroy the wait.
    using Done = void (*)(void* context) noexcept;

    Wait() noexcept = default;
    Wait(const Wait&) = delete;
    Wait& operator=(const Wait&) = delete;
    ~Wait() { end(); }

    bool waiting() const noexcept { return link_ != nullptr; }

private:
    friend class Waits;
    void end() noexcept;
    void done() noexcept;
    static void on_timeout(ngx_event_t* event) noexcept;

    Done done_ = nullptr;
    void* context_ = nullptr;
    ngx_event_t timeout_ = {};
    Wait** link_ = nullptr;  // what points to this one in its list
    Wait* next_ = nullptr;
};

class Waits {
public:
    Waits() noexcept = default;
    Waits(const Waits&) = delete;
    Waits& operator=(const Waits&) = delete;
    ~Waits();

    bool empty() const noexcept { return first_ == nullptr; }
    void add(Wait& wait, ngx_msec_t limit, Wait::Done done, void* context) noexcept;
    void call_all() noexcept;  // each may destroy others and add new ones, which are not called

private:
    Wait* first_ = nullptr;
};

}  // namespace ngx
