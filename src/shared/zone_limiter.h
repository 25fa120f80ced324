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
    void take(LimitQuestion& question) noexcept override { answer(question, zone_.take(uses(question))); }
    void forget(LimitQuestion&) noexcept override {}  // it has its answer

    LimitZone& zone_;
};

}  // namespace shared
