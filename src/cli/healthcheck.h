// Where the nginx that `run` has started says whether it is well.
#pragma once

#include <string>

#include "cli/settings/gateway.h"

namespace cli {

// In the state folder: what a `healthcheck` asks, whatever has said the port.
inline const std::string health_file = "healthz";
inline const std::string next_health_file = "healthz.next";  // until nginx serves it

std::string health_url(const Gateway& gateway);

}  // namespace cli
