// Rate limits whose state is in Redis: all machines that use it count together.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>

#include "base/secret.h"
#include "ngx/config.h"
#include "ngx/redis.h"
#include "shared/limits.h"

namespace shared {

// What becomes of a request when Redis does not say whether it may pass.
enum class OnError : std::uint8_t {
    deny,
    allow
};

// mcp_redis
struct RedisSettings {
    ngx::RedisAddress address;
    std::string user{};
    std::string password_file{};                     // read again at each connection; empty: there is no password
    std::shared_ptr<const base::Secret> password{};  // as it was, for a worker that may not read the file any more
    std::string prefix = "mcp";
    ngx_msec_t timeout = 200;
    OnError on_error = OnError::deny;

    // address [user=name] [password_file=file] [prefix=text] [timeout=time] [on_error=deny | allow]. Throws
    // ConfigError, std::bad_alloc.
    static RedisSettings read(const ngx::Arguments& arguments);
};

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
    LimitQuestion::Answer read(const ngx::RedisReply& reply, const std::vector<LimitUse>& uses);

    std::string prefix_;
    std::string digest_;  // of the script
    ngx::RedisClient client_;
    std::unordered_map<const LimitQuestion*, std::unique_ptr<Pending>> pending_;
};

}  // namespace shared
