#include "modules/mcp_resource/former_names.h"

#include <string>

namespace mcp_resource {

void refuse_former_name(const ngx::Arguments& arguments, MainConf& /*conf*/) {
    for (const FormerName& name : former_names)
        if (name.former == arguments.directive())
            throw ngx::ConfigError("it is now " + ngx::in_quotes(name.now) + ", " + std::string(name.arguments));
    throw ngx::ConfigError("it has another name now");
}

}  // namespace mcp_resource
