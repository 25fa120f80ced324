#include "shared/redis_limiter.h"

#include <utility>

#include "ngx/config.h"
#include "ngx/guard.h"
#include "shared/redis_script.h"
#include "shared/redis_trouble.h"

namespace shared {
namespace {

ngx::RedisSettings client_settings(const RedisSettings& settings) {
    return {.address = settings.address,
            .user = settings.user,
            .password_file = settings.password_file,
            .password = settings.password,
            .timeout = settings.timeout,
            .advice = settings.on_error == mcp::OnError::allow ? "requests that cannot be counted pass without a limit"
                                                               : "requests that cannot be counted are refused"};
}

const LimitQuestion::Fault no_memory{.text = {}, .is_ours = true};

LimitQuestion::Fault fault_of(ngx::RedisError error) {
    return {.text = std::move(error.text), .is_ours = error.is_ours};
}

void check_address(ngx_conf_t* cf, const ngx::RedisAddress& address) {
    const auto* core =
        static_cast<const ngx_http_core_loc_conf_t*>(ngx_http_conf_get_module_loc_conf(cf, ngx_http_core_module));
    const bool has_resolver = core->resolver != nullptr && core->resolver->connections.nelts != 0;
    if (address.found.empty() && !has_resolver)
        throw ngx::ConfigError("\"mcp_redis\": the name in " + ngx::in_quotes(address.text) +
                               " has no address; correct it, or add \"resolver\" to the http block, with which nginx "
                               "looks it up later");
}

}  // namespace

// A question that the server has been asked.
class RedisLimiter::Pending final : public ngx::RedisCommand {
public:
    Pending(RedisLimiter& limiter, LimitQuestion& question) noexcept : limiter_(limiter), question_(question) {}

    LimitQuestion& question() noexcept { return question_; }

private:
    bool completed(Result result) noexcept override {
        LimitQuestion::Answer answer = std::unexpected(no_memory);
        const bool has_ended = ngx::guarded(ngx_cycle->log, true, [&] { return take(std::move(result), answer); });
        const bool is_answered = answer.has_value();
        if (has_ended) limiter_.end(question_, std::move(answer));  // and this
        return is_answered;
    }

    // False: it was asked again.
    bool take(Result result, LimitQuestion::Answer& answer) {
        if (!result) {
            answer = std::unexpected(fault_of(std::move(result.error())));
            return true;
        }
        if (result->is_error() && lacks_script(result->text) && !std::exchange(has_sent_script_, true)) {
            auto sent = limiter_.send(*this, true);
            if (sent) return false;
            answer = std::unexpected(fault_of(std::move(sent.error())));
            return true;
        }
        answer = limiter_.read(*result, uses(question_));
        return true;
    }

    RedisLimiter& limiter_;
    LimitQuestion& question_;
    bool has_sent_script_ = false;
};

RedisLimiter::RedisLimiter(ngx_conf_t* cf, const RedisSettings& settings)
    : prefix_(settings.prefix), digest_(limit_script_digest()), client_(client_settings(settings)) {
    check_address(cf, settings.address);
}

RedisLimiter::~RedisLimiter() = default;

void RedisLimiter::take(LimitQuestion& question) noexcept {
    const bool has_begun = ngx::guarded(ngx_cycle->log, false, [&] { return begin(question), true; });
    if (!has_begun) end(question, std::unexpected(no_memory));
}

void RedisLimiter::begin(LimitQuestion& question) {
    if (uses(question).size() > most_shares)
        return end(question, std::unexpected(LimitQuestion::Fault{.text = "too many limits apply to one request",
                                                                  .is_ours = true}));
    const auto [place, is_new] = pending_.emplace(&question, std::make_unique<Pending>(*this, question));
    auto sent = send(*place->second, digest_.empty());
    if (!sent) end(question, std::unexpected(fault_of(std::move(sent.error()))));
}

std::expected<void, ngx::RedisError> RedisLimiter::send(Pending& pending, bool whole_script) {
    const std::vector<std::string> numbers = limit_arguments(prefix_, uses(pending.question()));
    std::vector<std::string_view> arguments{whole_script ? "EVAL" : "EVALSHA"};
    arguments.emplace_back(whole_script ? limit_script() : digest_);
    arguments.insert(arguments.end(), numbers.begin(), numbers.end());
    const auto& [key, space] = caller(pending.question());
    return client_.send(pending, {.key = key, .is_stranger = space == LimitUse::Space::anybody}, arguments);
}

LimitQuestion::Answer RedisLimiter::read(const ngx::RedisReply& reply, std::span<LimitUse> uses) {
    RedisTrouble trouble;
    if (reply.is_error()) {
        trouble = redis_trouble(reply.text);
    } else {
        const auto read = read_limit_reply(reply, uses);
        if (read) return {};
        trouble = {.text = std::string(read.error()), .reconnects = true};
    }
    std::string answer = "Redis at " + client_.address() + ": " + trouble.text;
    if (trouble.reconnects) {
        client_.give_up(trouble.text);
    } else {
        client_.tell_trouble(trouble.text);
    }
    return std::unexpected(LimitQuestion::Fault{.text = std::move(answer)});
}

void RedisLimiter::end(LimitQuestion& question, LimitQuestion::Answer result) noexcept {
    pending_.erase(&question);
    answer(question, std::move(result));
}

void RedisLimiter::forget(LimitQuestion& question) noexcept {
    pending_.erase(&question);
}

}  // namespace shared
