// Rate limits whose state is in Redis: all machines that use it count together.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <unordered_map>

#include "ngx/nginx.h"
#include "ngx/redis.h"
#include "shared/limits.h"
#include "shared/redis_settings.h"

namespace shared {

class RedisLimiter final : public Limiter {
public:
    // When the whole configuration was read. Throws ConfigError for a name that has no address and that nothing will
    // look up later.
    RedisLimiter(ngx_conf_t* cf, const RedisSettings& settings);
    ~RedisLimiter() override;

    void start(ngx_cycle_t* cycle) noexcept override { client_.start(cycle); }
    void stop() noexcept override { client_.stop(); }

private:
    class Pending;

    void take(LimitQuestion& question) noexcept override;
    void forget(LimitQuestion& question) noexcept override;
    void begin(LimitQuestion& question);
    void end(LimitQuestion& question, LimitQuestion::Answer result) noexcept;
    std::expected<void, ngx::RedisError> send(Pending& pending, bool whole_script);
    LimitQuestion::Answer read(const ngx::RedisReply& reply, std::span<LimitUse> uses);

    std::string prefix_;
    std::string digest_;  // of the script
    ngx::RedisClient client_;
    std::unordered_map<const LimitQuestion*, std::unique_ptr<Pending>> pending_;
};

}  // namespace shared
