// A redis-server of a test's own, on a socket in a temporary folder, asked one command after the other.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "ngx/redis_reply.h"

namespace support {

class RedisServer {
public:
    // Null: the program is not installed. TEST_REDIS_SERVER: another one, for example valkey-server.
    static std::unique_ptr<RedisServer> start();
    RedisServer(const RedisServer&) = delete;
    RedisServer& operator=(const RedisServer&) = delete;
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
