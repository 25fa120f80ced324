// A Limiter of one machine: it answers at once.
#pragma once

#include "ngx/nginx.h"
#include "shared/limit_zone.h"
#include "shared/limits.h"

namespace shared {

class ZoneLimiter final : public Limiter {
public:
    explicit ZoneLimiter(LimitZone& zone) noexcept : zone_(zone) {}

    void start(ngx_cycle_t*) noexcept override {}
    void stop() noexcept override {}

private:
    void take(LimitQuestion& question) noexcept override {
        if (zone_.take(uses(question)))
            answer(question, {});
        else
            answer(question, std::unexpected(LimitQuestion::Fault{.text = "no memory", .is_ours = true}));
    }
    void forget(LimitQuestion&) noexcept override {}  // it has its answer

    LimitZone& zone_;
};

}  // namespace shared
