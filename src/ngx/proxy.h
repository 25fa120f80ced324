// The proxy through which a worker's outgoing requests go.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/http_url.h"
#include "base/secret.h"

namespace ngx {

class Arguments;

struct Proxy {
    std::string url;  // "http://host:port"
    std::string user{};
    base::Secret password{};
    std::vector<std::string> direct{};  // hosts that are reached without it; ".name" stands for all names below it

    // url [user=name password_file=file] [no_proxy=host,...]. Throws ConfigError, std::bad_alloc.
    static Proxy read(const Arguments& arguments);

    // False: the request goes there directly.
    bool leads_to(const base::HttpUrl& to) const noexcept;
};

}  // namespace ngx
