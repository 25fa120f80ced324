#pragma once
#include "ngx/shm_cache.h"
#include "shared/limits.h"
namespace shared {
class ZoneLimiter final : public Limiter {
public:
    explicit ZoneLimiter(ngx::ShmCache& zone) : zone_(&zone) {}
    void start(ngx_cycle_t*) noexcept override {}
    void stop() noexcept override {}
private:
    void take(LimitQuestion& question) noexcept override { answer(question, std::unexpected(std::string("x"))); }
    void forget(LimitQuestion&) noexcept override {}
    ngx::ShmCache* zone_;
};
}
