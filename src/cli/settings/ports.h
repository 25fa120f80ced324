// Ports that this process may not listen on.
#pragma once

#include <cstdint>

#include "cli/settings/findings.h"

namespace cli {

// A port that the system keeps for others, as it does with 80 in a rootless container: found before nginx finds it,
// which cannot say which setting is to be changed.
void find_forbidden_port(std::uint16_t port, Findings& findings);

}  // namespace cli
