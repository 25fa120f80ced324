// What the environment variables say, checked.
#pragma once

#include <string>

#include "cli/settings/environment.h"
#include "cli/settings/findings.h"
#include "cli/settings/gateway.h"

namespace cli {

// Reads everything, and reports every mistake at once: nothing may be done with the gateway while there is an error.
// Looks at no file and at no network.
Gateway read_gateway(const Environment& environment, Findings& findings);

// Where /healthz is, for a command that runs beside nginx: "http://127.0.0.1:80".
std::string local_origin(const Environment& environment, Findings& findings);

}  // namespace cli
