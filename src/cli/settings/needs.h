// What must be there beside settings that are right in themselves.
#pragma once

#include <cstdint>

#include "cli/settings/findings.h"
#include "cli/settings/gateway.h"

namespace cli {

// At a reload nginx serves already: a backend whose name nobody knows at the moment, as one that is scaled to none,
// must not keep new certificates from all the others.
enum class Moment : std::uint8_t {
    check,  // `run` may be under way beside it
    start,
    reload
};

// Files that cannot be read, those of include.d among them, names that nobody knows, and a port that nginx cannot have.
void find_missing(const Gateway& gateway, Findings& findings, Moment moment = Moment::start);

}  // namespace cli
