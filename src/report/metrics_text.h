// All metrics as text for a scraper.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "report/exposition.h"
#include "report/metrics_block.h"

namespace report {

// What is not in the block.
struct Surroundings {
    struct Keys {
        std::string issuer;
        std::optional<std::chrono::milliseconds> age;  // none: nobody has any
    };
    struct Cache {
        std::string zone;
        std::string_view space;
        std::uint64_t entries, hits, misses, evictions;
    };
    struct LimitStates {
        std::string zone;
        std::string_view space;
        std::uint64_t slots, entries, evictions;
    };
    std::string_view version, version_of_nginx;
    std::vector<Keys> keys{};  // issuers differ
    std::vector<Cache> caches{};
    std::vector<LimitStates> limits{};  // in a zone
    bool limits_are_shared = false;     // by several machines
};

// Only gauges of workers for which `lives` is true count; one that was killed while it served its last requests has no
// successor that clears its own. `size_before`: of the text before this one, which will be about as long; 0: not known.
// Throws std::bad_alloc.
std::string metrics_text(MetricsBlock& block, const Surroundings& surroundings, ExpositionFormat format,
                         bool (*lives)(std::int64_t process) noexcept, std::size_t size_before = 0);

}  // namespace report
