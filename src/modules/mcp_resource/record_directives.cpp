// What is observed of requests, and who is told.
#include "modules/mcp_resource/directives.h"

namespace mcp_resource {

// mcp_observe on | off
void set_mcp_observe(const ngx::Arguments& arguments, LocationConf& conf) {
    ngx::set_once(conf.observe, arguments.flag(0));
}

}  // namespace mcp_resource
