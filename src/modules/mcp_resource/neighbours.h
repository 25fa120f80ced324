// What nginx' other modules are told to do in a protected location, where that goes against it.
#pragma once

#include "modules/mcp_resource/config.h"
#include "ngx/nginx.h"

namespace mcp_resource {

// When the levels of `conf` are merged, and those of nginx' own modules before. Warns, or throws ngx::ConfigError.
void check_neighbours(ngx_conf_t* cf, const LocationConf& conf);

}  // namespace mcp_resource
