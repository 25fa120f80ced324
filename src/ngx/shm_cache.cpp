#include "ngx/shm_cache.h"

#include <new>

#include "ngx/config.h"
#include "ngx/log.h"
#include "ngx/pool.h"
#include "ngx/string.h"
#include "ngx/zone_memory.h"

namespace ngx {
namespace {

CacheSpaces::Time now() noexcept {
    using namespace std::chrono;
    return duration_cast<milliseconds>(steady_clock::now().time_since_epoch()).count();
}

}  // namespace

// Holds the lock, and tells what the tables have to tell afterwards.
class ShmCache::Access {
public:
    Access(ShmCache& cache, ngx_log_t* log) noexcept : cache_(cache), log_(log), lock_(std::in_place, *cache.zone_) {}
    ~Access() {
        const bool was_reset = spaces().take_reset_notice();
        lock_.reset();
        if (!was_reset) return;
        const std::string_view name = view(cache_.zone_->shm.name);
        ngx_log_error(
            NGX_LOG_ERR, log_, 0,
            "cache zone \"%*s\" was corrupted (did a worker process crash?), and the corrupted part was emptied",
            name.size(), name.data());
    }
    Access(const Access&) = delete;
    Access& operator=(const Access&) = delete;

    CacheSpaces& spaces() noexcept { return *cache_.spaces_; }

private:
    ShmCache& cache_;
    ngx_log_t* log_;
    std::optional<ZoneLock> lock_;
};

ShmCache& ShmCache::declare(ngx_conf_t* cf, std::string_view name, std::size_t bytes, ngx_module_t& module) {
    if (bytes < minimum_bytes)
        throw ConfigError("zone " + in_quotes(name) + " is too small, it needs at least " +
                          std::to_string(minimum_bytes / 1024) + "k");
    ngx_str_t zone_name = copy(cf->pool, name);
    ngx_shm_zone_t* zone = ngx_shared_memory_add(cf, &zone_name, bytes, &module);
    if (zone == nullptr) throw ConfigError("zone " + in_quotes(name) + " cannot be used here");  // nginx logged why
    if (zone->data == nullptr) {
        auto& cache = make<ShmCache>(cf->pool);
        cache.zone_ = zone;
        zone->init = attach;
        zone->data = &cache;
    }
    return *static_cast<ShmCache*>(zone->data);
}

// `previous` is the object of the configuration before, when this one took over its memory.
ngx_int_t ShmCache::attach(ngx_shm_zone_t* zone, void* previous) noexcept {
    auto& cache = *static_cast<ShmCache*>(zone->data);
    cache.memory_ = previous != nullptr ? static_cast<ShmCache*>(previous)->memory_ : whole_memory(*zone);
    if (cache.memory_.empty()) return NGX_ERROR;
    cache.spaces_ = CacheSpaces::open(cache.memory_, random_seed());
    return NGX_OK;
}

std::optional<ShmCache::Hit> ShmCache::lookup(const Key& key, ngx_log_t* log, std::size_t limit) noexcept {
    try {
        Access access(*this, log);
        const auto time = now();
        auto hit = access.spaces().lookup(key, time, limit);
        if (!hit) return std::nullopt;
        return Hit{std::move(hit->bytes), std::chrono::milliseconds(hit->expires - time)};
    } catch (const std::bad_alloc&) {
        return std::nullopt;
    }
}

void ShmCache::store(const Key& key, std::string_view bytes, std::chrono::milliseconds time_to_live, ngx_log_t* log,
                     Space space) noexcept {
    const auto stored = [&] {
        Access access(*this, log);
        const auto time = now();
        return access.spaces().store(key, bytes, time + time_to_live.count(), time, space);
    }();
    if (stored == CacheTable::Stored::yes) return;
    if (stored == CacheTable::Stored::too_large) return warn(warnings_, log, "is too small for an entry");
    if (space == Space::main) return warn(warnings_, log, "is full: the least recently used entries make room");
    warn(warnings_about_negative_, log, "is full of refused tokens: the least recently used of these make room");
}

void ShmCache::remove(const Key& key, ngx_log_t* log) noexcept {
    Access access(*this, log);
    access.spaces().remove(key);
}

bool ShmCache::store_new(const Key& key, std::string_view bytes, std::chrono::milliseconds time_to_live,
                         ngx_log_t* log) noexcept {
    try {
        Access access(*this, log);
        const auto time = now();
        if (access.spaces().lookup(key, time)) return false;
        access.spaces().store(key, bytes, time + time_to_live.count(), time, Space::main);
        return true;
    } catch (const std::bad_alloc&) {
        return true;
    }
}

CacheTable::Counters ShmCache::counters(Space space, ngx_log_t* log) noexcept {
    Access access(*this, log);
    return access.spaces().counters(space);
}

void ShmCache::warn(OncePerMinute& warnings, ngx_log_t* log, std::string_view text) const noexcept {
    if (!warnings.is_due()) return;
    const std::string_view name = view(zone_->shm.name);
    ngx_log_error(NGX_LOG_WARN, log, 0, "cache zone \"%*s\" %*s", name.size(), name.data(), text.size(), text.data());
}

}  // namespace ngx
