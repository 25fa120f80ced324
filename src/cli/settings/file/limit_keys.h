// The objects of rate limits, and of where they are counted.
#pragma once

#include "cli/settings/file/keys.h"
#include "cli/settings/file/mistakes.h"

namespace cli::file {

extern const Object rate_limit_object;
extern const Object refusal_limit_object;
extern const Object redis_object;

// What keys of a resource must be to each other.
void check_rate_limits(const ResourceDraft& resource, Mistakes& mistakes);
// Of the file as a whole.
void check_redis(Draft& draft, const Node& document, Mistakes& mistakes);

}  // namespace cli::file
