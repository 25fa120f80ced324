// A client of one Redis server: each worker has one connection, which is kept, and on which commands do not wait for
// each other. Nothing blocks; everything is bounded: the time of a command, how many are under way, how often a server
// that does not serve is tried.
#pragma once

#include <cstdint>
#include <expected>
#include <list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/secret.h"
#include "base/sha256.h"
#include "base/tally.h"
#include "ngx/nginx.h"
#include "ngx/once_per_minute.h"
#include "ngx/redis_address.h"
#include "ngx/redis_connection.h"
#include "ngx/redis_reply.h"

namespace ngx {

class RedisClient;

// Why there is no reply, for the log.
struct RedisError {
    std::string text;
    bool is_ours = false;  // too much waits here already, or there is no memory: that says nothing of the server
};

// What waits for a reply. Stays where it is in memory; destroying it withdraws it, but not what the server does.
class RedisCommand {
public:
    using Result = std::expected<RedisReply, RedisError>;

    RedisCommand() = default;
    RedisCommand(const RedisCommand&) = delete;
    RedisCommand& operator=(const RedisCommand&) = delete;
    virtual ~RedisCommand();

private:
    friend class RedisClient;
    // From the event loop, once for each send(), never from within it. May send again, or destroy the command. True:
    // the server has done what it was asked for.
    virtual bool completed(Result result) noexcept = 0;

    RedisCommand** waiting_ = nullptr;  // what its place in the queue says
};

struct RedisSettings {
    RedisAddress address;
    std::string user{};                              // empty: the default one
    std::string password_file{};                     // read again at each connection; empty: there is no password
    std::shared_ptr<const base::Secret> password{};  // as it was, for a worker that may not read the file any more
    ngx_msec_t timeout = 200;                        // for a connection, and for each reply
    std::string advice{};  // what a server that does not serve means for requests, for the log
};

// On whose behalf a command is sent.
struct RedisCaller {
    base::Sha256 key{};
    bool is_stranger = true;  // anybody can have as many keys as he likes
};

class RedisClient final : private RedisConnection::Owner {
public:
    static constexpr std::size_t most_waiting = 1000;
    static constexpr std::size_t most_of_caller = most_waiting / 4;     // so that none shuts the others out
    static constexpr std::size_t most_of_strangers = most_waiting / 2;  // nor all strangers those who are known

    explicit RedisClient(RedisSettings settings);
    RedisClient(const RedisClient&) = delete;
    RedisClient& operator=(const RedisClient&) = delete;
    ~RedisClient();

    // In a worker; begins to connect, so that what is wrong is told before a request needs it.
    void start(ngx_cycle_t* cycle) noexcept;
    void stop() noexcept;

    // The caller has a place until the reply is there, though the command may be withdrawn before.
    // On an error completed() is not called. Throws std::bad_alloc.
    std::expected<void, RedisError> send(RedisCommand& command, const RedisCaller& caller,
                                         std::span<const std::string_view> arguments);

    // The server answers, but does not do what it is asked for: told at most once a minute.
    void tell_trouble(std::string_view what) noexcept;
    // The same, and the connection ends, for all who wait: with the next one there may be another server behind the
    // name.
    void give_up(std::string_view why) noexcept;

    const std::string& address() const noexcept { return settings_.address.text; }

private:
    enum class State : std::uint8_t {
        off,
        connecting,
        authenticating,
        ready
    };
    using Callers = base::Tally<base::Sha256, base::Sha256Hash>;
    struct Waiting {
        RedisCommand* command;  // null: it was withdrawn
        Callers::Place of_caller;
        base::Tally<char>::Place of_strangers;
        ngx_msec_t deadline;
        std::string unsent;
    };

    void opened() noexcept override;
    void received(std::string_view bytes) noexcept override;
    void closed(std::string_view why) noexcept override;
    void asked_to_leave() noexcept override;
    static void on_due(ngx_event_t* event) noexcept;

    bool may_connect() const noexcept;
    void connect();
    void authenticate();
    void take(RedisReply reply);
    void become_ready() noexcept;
    void set_timer() noexcept;
    void leave() noexcept;
    void served() noexcept;
    void fail(const std::list<Waiting>& waiting, std::string_view why) noexcept;
    std::string trouble(std::string_view what) const;
    static void tell(ngx_uint_t level, std::string_view text) noexcept;

    RedisSettings settings_;
    RedisConnection connection_;
    std::unique_ptr<RedisParser> parser_;  // of this connection
    Callers waiting_of_caller_;
    base::Tally<char> waiting_of_strangers_;
    std::list<Waiting> waiting_;  // in the order in which they are sent
    State state_ = State::off;
    bool is_running_ = false;
    ngx_resolver_t* resolver_ = nullptr;
    ngx_event_t timer_{};
    ngx_msec_t connect_by_ = 0;
    unsigned failures_ = 0;  // in a row
    ngx_msec_t not_before_ = 0;
    std::string last_trouble_;
    bool is_in_trouble_ = false;  // and it was told
    std::optional<ngx_msec_t> well_since_;
    OncePerMinute messages_;
    base::Secret password_;  // that the server has been told
};

}  // namespace ngx
