// Rate limits in a shared memory zone: the workers of one machine count together, and go on counting after a reload.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

#include "mcp/rate_limit.h"
#include "ngx/nginx.h"
#include "ngx/once_per_minute.h"
#include "ngx/shm_cache.h"
#include "shared/limit_table.h"
#include "shared/limits.h"

namespace shared {

class LimitZone {
public:
    using Space = LimitUse::Space;

    // Declares it while the configuration is read: a zone of its own, as large as the cache's. So the cache loses
    // nothing, its layout is the same with limits and without, which matters when a reload adds them, and neither waits
    // for the other's lock. For one cache there is one, however often it is declared by a module. Lives as long as the
    // configuration. Throws ConfigError, std::bad_alloc.
    static LimitZone& declare(ngx_conf_t* cf, const ngx::ShmCache& cache, ngx_module_t& module);

    // In a worker. Writes the results into the uses; when all are allowed they are counted, else none is. When that
    // was, by a clock that nobody can set; nullopt: nobody could say (no memory).
    std::optional<std::chrono::microseconds> take(std::span<LimitUse> uses) noexcept;
    // Of one that was taken, for what time has not paid of it. `paid_by`: see mcp::give_back().
    void give_back(const LimitUse& use, std::chrono::microseconds paid_by) noexcept;

    std::string_view name() const noexcept { return ngx::view(zone_->shm.name); }
    LimitTable::Counters counters(Space space) const noexcept;

private:
    static ngx_int_t attach(ngx_shm_zone_t* zone, void* previous) noexcept;
    void tell_of(LimitTable::Taken taken) noexcept;
    void warn(ngx::OncePerMinute& warnings, std::string_view text) const noexcept;

    ngx_shm_zone_t* zone_ = nullptr;
    std::span<std::byte> memory_;
    std::optional<LimitTable> table_;
    LimitTable::Room room_;
    ngx::OncePerMinute warnings_, warnings_about_addresses_;
};

}  // namespace shared
