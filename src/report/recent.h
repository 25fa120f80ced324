// What a status page remembers of requests.
#pragma once

#include "report/last_hour.h"
#include "report/refusals.h"

namespace report {

// In shared memory: ngx::SharedBlock.
struct Recent {
    Refusals refusals;
    LastHour hour;
};

}  // namespace report
