// The objects of what is said of requests: records, the status page, traces.
#pragma once

#include "cli/settings/file/keys.h"
#include "cli/settings/file/mistakes.h"

namespace cli::file {

extern const Object audit_object;
extern const Object status_object;
extern const Object tracing_object;

// What their keys must be to each other and to the rest of the file, and what must be there for them.
void check_reports(Draft& draft, const Node& document, Mistakes& mistakes);

}  // namespace cli::file
