// The variables of records, the status page and traces.
#pragma once

#include "cli/settings/gateway.h"
#include "cli/settings/values.h"

namespace cli {

// Needs the rest of the gateway: a port that is taken there is a mistake here.
void read_reports(const Values& values, Gateway& gateway);

}  // namespace cli
