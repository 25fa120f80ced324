// Where a Redis server is.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "ngx/nginx.h"

namespace ngx {

// One of the addresses that a name has.
struct SocketAddress {
    ngx_sockaddr_t address{};
    socklen_t size = 0;
    std::string text{};

    SocketAddress(const sockaddr* from, socklen_t length);
};

struct RedisAddress {
    std::string text;                    // as it is written: "redis.example.com:6379", "unix:/run/redis.sock"
    std::string host{};                  // to be looked up again at each connection; empty: it is no name
    in_port_t port = 0;                  // of it
    std::vector<SocketAddress> found{};  // when the configuration was read; empty: none was found

    // HOST[:PORT] or unix:PATH. A name that has no address is an error, unless `may_be_found_later`. Throws
    // ConfigError, std::bad_alloc.
    static RedisAddress read(ngx_conf_t* cf, std::string_view text, bool may_be_found_later);
};

}  // namespace ngx
