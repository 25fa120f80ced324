// nginx' time of day: what the times of requests are taken from.
#pragma once

#include <chrono>

#include "ngx/nginx.h"

namespace ngx {

// Since 1970, UTC. As old as the beginning of the event loop's turn.
inline std::chrono::milliseconds time_of_day() noexcept {
    const ngx_time_t* now = ngx_timeofday();
    return std::chrono::seconds(now->sec) + std::chrono::milliseconds(now->msec);
}

}  // namespace ngx
