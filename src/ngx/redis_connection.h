// A connection to a Redis server, on nginx's event loop: bytes, and nothing of what they mean.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "ngx/nginx.h"
#include "ngx/redis_address.h"

namespace ngx {

class RedisConnection {
public:
    // Called from the event loop, never from within open(), send() or close(). Each may do with the connection what it
    // wants.
    class Owner {
    public:
        virtual void opened() noexcept = 0;
        virtual void received(std::string_view bytes) noexcept = 0;
        virtual void closed(std::string_view why) noexcept = 0;  // it is, already
        virtual void asked_to_leave() noexcept = 0;              // the worker is quitting

    protected:
        ~Owner() = default;
    };

    explicit RedisConnection(Owner& owner) noexcept : owner_(owner) {}
    RedisConnection(const RedisConnection&) = delete;
    RedisConnection& operator=(const RedisConnection&) = delete;
    ~RedisConnection() { close(); }

    // Ends in opened() or closed(). It has no time limit of its own. `address` outlives the connection; `resolver`: of
    // the http level, which may have no server.
    void open(const RedisAddress& address, ngx_resolver_t* resolver, ngx_msec_t time_to_resolve) noexcept;
    // Sent when it is open; the copies of the bytes are wiped.
    void send(std::string_view bytes) noexcept;
    void close() noexcept;

private:
    static void on_resolved(ngx_resolver_ctx_t* lookup) noexcept;
    static void on_read(ngx_event_t* event) noexcept;
    static void on_write(ngx_event_t* event) noexcept;
    static void on_posted(ngx_event_t* event) noexcept;

    void resolve(ngx_resolver_t* resolver, ngx_msec_t limit) noexcept;
    void take_resolved(const ngx_resolver_ctx_t& lookup);
    void connect_next() noexcept;
    bool connect_to(SocketAddress& address) noexcept;
    bool has_connected() noexcept;  // false: it goes on with the next address, or has failed
    void read_all() noexcept;
    void flush() noexcept;
    void fail_soon(std::string_view what, ngx_err_t error) noexcept;
    void fail(std::string_view what, ngx_err_t error) noexcept;
    void note(std::string_view what, ngx_err_t error) noexcept;
    void release() noexcept;
    void wipe_output() noexcept;

    Owner& owner_;
    const RedisAddress* address_ = nullptr;
    ngx_resolver_ctx_t* lookup_ = nullptr;
    std::string host_;  // that it looks up
    std::vector<SocketAddress> candidates_;
    std::size_t next_candidate_ = 0;
    ngx_connection_t* connection_ = nullptr;
    ngx_peer_connection_t peer_{};
    ngx_str_t peer_name_{};
    ngx_log_t log_{};  // nginx' own messages of failures, which would come with each attempt, are not shown
    ngx_event_t soon_{};
    std::uint32_t generation_ = 0;  // grows with each close()
    bool is_open_ = false;
    bool has_failed_ = false;  // `soon_` tells it
    std::string why_;
    std::string output_;
    std::size_t sent_ = 0;  // of it
};

}  // namespace ngx
