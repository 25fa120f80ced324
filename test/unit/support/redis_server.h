// A redis-server of a test's own, on a socket in a temporary folder, asked one command after the other.
#pragma once

#include <filesystem>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ngx/redis_reply.h"

namespace support {

class RedisServer {
public:
    // nullopt: the program is not installed.
    static std::optional<RedisServer> start();
    RedisServer(RedisServer&& other) noexcept;
    RedisServer& operator=(RedisServer&&) = delete;
    ~RedisServer();

    ngx::RedisReply ask(const std::vector<std::string>& arguments);

private:
    RedisServer(std::filesystem::path folder, int process);
    void connect();

    std::filesystem::path folder_;
    int process_;
    int socket_ = -1;
    ngx::RedisParser parser_{};
};

}  // namespace support
