// A cache in a shared memory zone: every worker sees it, and it survives a reload that keeps the zone's name and size.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "ngx/cache_spaces.h"
#include "ngx/nginx.h"
#include "ngx/once_per_minute.h"
#include "ngx/string.h"

namespace ngx {

class ShmCache {
public:
    using Key = CacheSpaces::Key;
    using Space = CacheSpaces::Space;

    struct Hit {
        std::string bytes;
        std::chrono::milliseconds time_left;  // more than 0
    };

    // Declares the zone while the configuration is read; directives of one module that name the same zone share one
    // cache. Lives as long as the configuration. Throws ConfigError, std::bad_alloc.
    static ShmCache& declare(ngx_conf_t* cf, std::string_view name, std::size_t bytes, ngx_module_t& module);

    // For use in a worker. Nothing here fails a request: what cannot be had is a miss, what cannot be kept is not kept.
    // Times are measured by a clock that nobody can set.
    //
    // Found in whichever space it is; of a longer value than `limit` come the first bytes.
    std::optional<Hit> lookup(const Key& key, ngx_log_t* log, std::size_t limit = CacheTable::whole) noexcept;
    // `space` is for what anybody can have us keep: Space::negative never makes room in the other.
    void store(const Key& key, std::string_view bytes, std::chrono::milliseconds time_to_live, ngx_log_t* log,
               Space space = Space::main) noexcept;
    void remove(const Key& key, ngx_log_t* log) noexcept;
    // Stores it when nothing is there, and is true for the one process that did.
    bool store_new(const Key& key, std::string_view bytes, std::chrono::milliseconds time_to_live,
                   ngx_log_t* log) noexcept;

    // Tells the other processes that there is news in the zone. Whoever waits for some remembers the number, and looks
    // when it is another: that takes no lock.
    void announce() noexcept { spaces_->announce(); }
    std::uint64_t announcements() const noexcept { return spaces_->announcements(); }

    std::string_view name() const noexcept { return view(zone_->shm.name); }
    std::size_t size() const noexcept { return zone_->shm.size; }
    CacheTable::Counters counters(Space space, ngx_log_t* log) noexcept;

    static constexpr std::size_t minimum_bytes = std::size_t{64} * 1024;

private:
    class Access;

    static ngx_int_t attach(ngx_shm_zone_t* zone, void* previous) noexcept;
    void warn(OncePerMinute& warnings, ngx_log_t* log, std::string_view text) const noexcept;

    ngx_shm_zone_t* zone_ = nullptr;
    std::span<std::byte> memory_;
    std::optional<CacheSpaces> spaces_;
    OncePerMinute warnings_, warnings_about_negative_;
};

}  // namespace ngx
