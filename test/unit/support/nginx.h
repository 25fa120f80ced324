// nginx, as far as what is tested asks it for anything: a clock that stands, and a log that is kept. There is no event
// loop: nothing happens by itself.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "ngx/nginx.h"

namespace support {

// From the beginning of a test to its end.
class Nginx {
public:
    Nginx();
    Nginx(const Nginx&) = delete;
    Nginx& operator=(const Nginx&) = delete;
    ~Nginx();

    ngx_log_t* log() noexcept { return &log_; }
    static std::vector<std::string>& lines() noexcept;  // of the log, all levels
    static void pass(std::chrono::milliseconds time) noexcept;
    static const std::vector<ngx_event_t*>& timers() noexcept;  // that run, in the order in which they were set
    static void expire(ngx_event_t& timer);                     // one of them, whatever the clock says

private:
    ngx_log_t log_{};
    ngx_cycle_t cycle_{};
};

// A request of a client with this IPv4 address, that nobody serves.
class FakeRequest {
public:
    explicit FakeRequest(Nginx& nginx, std::uint32_t address = 0x7F00'0001);
    ngx_http_request_t* get() noexcept { return &request_; }

private:
    sockaddr_in address_{};
    ngx_event_t read_{};
    ngx_event_t write_{};
    ngx_connection_t connection_{};
    ngx_http_request_t request_{};
};

}  // namespace support
