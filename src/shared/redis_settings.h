// What mcp_redis says.
#pragma once

#include <memory>
#include <string>

#include "base/secret.h"
#include "mcp/redis_text.h"
#include "ngx/config.h"
#include "ngx/nginx.h"
#include "ngx/redis_address.h"

namespace shared {

struct RedisSettings {
    ngx::RedisAddress address;
    std::string user{};
    std::string password_file{};                     // read again at each connection; empty: there is no password
    std::shared_ptr<const base::Secret> password{};  // as it was, for a worker that may not read the file any more
    std::string prefix = "mcp";
    ngx_msec_t timeout = 200;
    mcp::OnError on_error = mcp::OnError::deny;

    // address [user=name] [password_file=file] [prefix=text] [timeout=time] [on_error=deny | allow]. Throws
    // ConfigError, std::bad_alloc.
    static RedisSettings read(const ngx::Arguments& arguments);
};

}  // namespace shared
