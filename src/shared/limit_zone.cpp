#include "shared/limit_zone.h"

#include <new>
#include <utility>

#include "ngx/config.h"
#include "ngx/log.h"
#include "ngx/pool.h"
#include "ngx/string.h"
#include "ngx/zone_memory.h"

namespace shared {
namespace {

// Only while the zone is locked: who counted before must not have a later time.
std::chrono::microseconds now() noexcept {
    return std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now().time_since_epoch());
}

}  // namespace

LimitZone& LimitZone::declare(ngx_conf_t* cf, const ngx::ShmCache& cache, ngx_module_t& module) {
    const std::string name = std::string(cache.name()) + ":limits";
    ngx_str_t zone_name = ngx::copy(cf->pool, name);
    ngx_shm_zone_t* zone = ngx_shared_memory_add(cf, &zone_name, cache.size(), &module);
    if (zone == nullptr)  // nginx logged why
        throw ngx::ConfigError("zone " + ngx::in_quotes(name) + " cannot be used here");
    if (zone->data == nullptr) {
        auto& limits = ngx::make<LimitZone>(cf->pool);
        limits.zone_ = zone;
        zone->init = attach;
        zone->data = &limits;
    }
    return *static_cast<LimitZone*>(zone->data);
}

// `previous` is the object of the configuration before, when this one took over its memory.
ngx_int_t LimitZone::attach(ngx_shm_zone_t* zone, void* previous) noexcept {
    auto& limits = *static_cast<LimitZone*>(zone->data);
    limits.memory_ = previous != nullptr ? static_cast<LimitZone*>(previous)->memory_ : ngx::whole_memory(*zone);
    if (limits.memory_.empty()) return NGX_ERROR;
    limits.table_ = LimitTable::open(limits.memory_, ngx::random_seed());
    return NGX_OK;
}

std::optional<std::chrono::microseconds> LimitZone::take(std::span<LimitUse> uses) noexcept {
    try {
        room_.fit(uses);
    } catch (const std::bad_alloc&) {
        return std::nullopt;
    }
    table_->prefetch(uses);
    const auto [taken, taken_at] = [&] {
        const ngx::ZoneLock lock(*zone_);
        const auto time = now();
        return std::pair(table_->take(uses, room_, time), time);
    }();
    for (std::size_t i = 0; i < uses.size(); ++i)
        uses[i].result = room_.result(i);
    tell_of(taken);
    return taken_at;
}

void LimitZone::give_back(const LimitUse& use, std::chrono::microseconds paid_by) noexcept {
    const ngx::ZoneLock lock(*zone_);
    table_->give_back(use, paid_by, now());
}

LimitTable::Counters LimitZone::counters(Space space) const noexcept {
    const ngx::ZoneLock lock(*zone_);
    return table_->counters(space, now());
}

void LimitZone::tell_of(LimitTable::Taken taken) noexcept {
    if (taken.evicted)
        warn(warnings_, "is nearly full: the least recently used rate limits are counted anew; enlarge mcp_zone");
    if (taken.evicted_from_anybody)
        warn(warnings_about_addresses_, "is nearly full of addresses: the least recently used are counted anew");
}

void LimitZone::warn(ngx::OncePerMinute& warnings, std::string_view text) const noexcept {
    if (!warnings.is_due()) return;
    ngx_log_error(NGX_LOG_WARN, ngx_cycle->log, 0, "zone \"%*s\" %*s", name().size(), name().data(), text.size(),
                  text.data());
}

}  // namespace shared
