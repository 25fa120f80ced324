// What is fetched from authorization servers, and how.
#include "modules/mcp_resource/directives.h"
#include "oauth/discovery/freshness.h"

namespace mcp_resource {

// mcp_keys_max_age time
void set_mcp_keys_max_age(const ngx::Arguments& arguments, MainConf& conf) {
    constexpr std::chrono::seconds shortest(5);  // tokens may make us ask as often
    const std::chrono::seconds time = arguments.seconds(0);
    if (time < shortest || time > oauth::discovery::FreshnessBounds().longest)
        throw ngx::ConfigError("invalid time " + ngx::in_quotes(arguments[0]) +
                               ", it must be between \"5s\" and \"24h\"");
    ngx::set_once(conf.keys_max_age, time);
}

// mcp_proxy url [user=name password_file=file] [no_proxy=host,...]
void set_mcp_proxy(const ngx::Arguments& arguments, MainConf& conf) {
    ngx::set_once(conf.proxy, ngx::Proxy::read(arguments));
}

}  // namespace mcp_resource
