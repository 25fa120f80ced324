// Where the state of rate limits is: the workers of one machine share a zone, several machines a Redis.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <string>

#include "base/sha256.h"
#include "mcp/rate_limit.h"
#include "ngx/nginx.h"
#include "ngx/pause.h"

namespace shared {

// A limit that a request falls under.
struct LimitUse {
    // Anybody can have us count as many addresses as he likes. In the zone these have less room, and never take any
    // from those who showed a valid token.
    enum class Space : std::uint8_t {
        known,
        anybody,
    };

    base::Sha256 key;         // names the limit and whom it counts: equal only for the same of both
    const mcp::Rate* rate;    // lives as long as the configuration
    std::uint32_t units = 1;  // 0: counts nothing, and passes when one more would
    Space space = Space::known;
    mcp::LimitResult result{};  // out, of a LimitQuestion that is answered, and of LimitZone
};

class Limiter;

// What one request asks a Limiter. Lives in the request's pool, at one place.
class LimitQuestion {
public:
    // Why nobody could say, for the log.
    struct Fault {
        std::string text;
        bool is_ours = false;  // overload here, and not the server that counts for several machines
    };
    // The results are in the uses. When all are allowed they were counted, else none was.
    using Answer = std::expected<void, Fault>;

    // Who asks, whatever the limits: it may matter who waits.
    struct Caller {
        base::Sha256 key{};
        LimitUse::Space space = LimitUse::Space::anybody;
    };

    // `uses`: of the request's pool.
    LimitQuestion(ngx_http_request_t* request, std::span<LimitUse> uses, const Caller& caller) noexcept
        : request_(request), uses_(uses), caller_(caller) {}
    LimitQuestion(const LimitQuestion&) = delete;
    LimitQuestion& operator=(const LimitQuestion&) = delete;
    ~LimitQuestion();  // withdraws it

    // In a phase handler. True: answered. False: the request waits (NGX_AGAIN), and nginx calls the handler again.
    bool ask(Limiter& limiter);
    const Answer* answer() const noexcept { return is_answered_ ? &answer_ : nullptr; }
    // Begins the pause, until this question is answered. Throws std::bad_alloc.
    void wait_for_answer(ngx::Pause& pause) { others_.add(pause, ngx::Pause::no_limit); }

private:
    friend class Limiter;

    ngx_http_request_t* request_;
    std::optional<ngx::Pause> pause_;  // most questions are answered at once
    ngx::Pauses others_;
    std::span<LimitUse> uses_;
    Caller caller_;
    Limiter* asked_ = nullptr;  // null: not asked yet, or answered
    bool is_answered_ = false;
    Answer answer_;
};

// One for the configuration. Everything happens in one worker, on its event loop.
class Limiter {
public:
    Limiter() = default;
    Limiter(const Limiter&) = delete;
    Limiter& operator=(const Limiter&) = delete;
    virtual ~Limiter() = default;

    // In a worker, before the first question; and before it ends.
    virtual void start(ngx_cycle_t* cycle) noexcept = 0;
    virtual void stop() noexcept = 0;

protected:
    // Answers now, or later, within a bounded time. Never throws: what cannot be done is the answer.
    virtual void take(LimitQuestion& question) noexcept = 0;
    // It will not be there any more.
    virtual void forget(LimitQuestion& question) noexcept = 0;

    static const LimitQuestion::Caller& caller(const LimitQuestion& question) noexcept { return question.caller_; }
    static std::span<LimitUse> uses(const LimitQuestion& question) noexcept { return question.uses_; }
    static void answer(LimitQuestion& question, LimitQuestion::Answer answer) noexcept;

private:
    friend class LimitQuestion;
};

}  // namespace shared
