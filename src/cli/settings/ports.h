// Whether nginx will be able to listen where it is told to: found before nginx finds it, which cannot say which setting
// is to be changed.
#pragma once

#include <cstdint>

#include "cli/settings/findings.h"
#include "cli/settings/gateway.h"

namespace cli {

// Before a start every place must be free. nginx that serves already has its own ones, and `check` disturbs nobody.
enum class Listeners : std::uint8_t {
    may_be_there,
    must_not_be_there
};

// A port that the system keeps for others (80 in a rootless container), or that another program has; an address that
// this machine has not.
void find_port_trouble(const Gateway& gateway, Findings& findings, Listeners others);

}  // namespace cli
