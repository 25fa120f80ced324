// What a status page remembers of requests.
#pragma once

#include <cstdint>

#include "report/last_hour.h"
#include "report/refusals.h"

namespace report {

// In shared memory: ngx::SharedBlock.
struct Recent {
    static constexpr std::uint64_t layout_id = 1;  // another one, whenever a member changes

    Refusals refusals;
    LastHour hour;
};

}  // namespace report
