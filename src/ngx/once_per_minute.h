// For a message about what may happen with every request.
#pragma once

#include <optional>

#include "ngx/nginx.h"

namespace ngx {

// Of one worker, by the clock that nobody can set.
class OncePerMinute {
public:
    // Whether to write it now: true at first, and then once a minute.
    bool is_due() noexcept {
        if (last_ && ngx_current_msec - *last_ < minute) return false;
        last_ = ngx_current_msec;
        return true;
    }
    // What comes next is new, and due at once.
    void begin_anew() noexcept { last_.reset(); }

private:
    static constexpr ngx_msec_t minute = 60000;

    std::optional<ngx_msec_t> last_;
};

}  // namespace ngx
