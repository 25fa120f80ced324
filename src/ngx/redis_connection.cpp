#include "ngx/redis_connection.h"

#include <netinet/tcp.h>
#include <openssl/crypto.h>

#include <array>
#include <cstring>
#include <utility>

#include "ngx/guard.h"
#include "ngx/string.h"

namespace ngx {
namespace {

constexpr std::size_t bytes_at_once = 4096;
constexpr unsigned reads_at_once = 64;

RedisConnection& connection_of(ngx_event_t* event) noexcept {
    return *static_cast<RedisConnection*>(static_cast<ngx_connection_t*>(event->data)->data);
}

ngx_err_t error_of(ngx_socket_t socket) noexcept {
    int error = 0;
    socklen_t size = sizeof(error);
    if (getsockopt(socket, SOL_SOCKET, SO_ERROR, &error, &size) == -1) return ngx_errno;
    return error;
}

bool is_tcp(const SocketAddress& address) noexcept {
    return address.address.sockaddr.sa_family != AF_UNIX;
}

// Pipelined commands are not held back; a peer that has gone without a word is noticed.
void set_options(ngx_socket_t socket) noexcept {
    const auto set = [socket](int level, int option, int value) {
        setsockopt(socket, level, option, &value, sizeof(value));
    };
    set(IPPROTO_TCP, TCP_NODELAY, 1);
    set(SOL_SOCKET, SO_KEEPALIVE, 1);
    set(IPPROTO_TCP, TCP_KEEPIDLE, 30);  // seconds: before a box in between forgets the connection
    set(IPPROTO_TCP, TCP_KEEPINTVL, 10);
    set(IPPROTO_TCP, TCP_KEEPCNT, 3);
}

}  // namespace

void RedisConnection::open(const RedisAddress& address, ngx_resolver_t* resolver, ngx_msec_t time_to_resolve) noexcept {
    close();
    address_ = &address;
    soon_.data = this;
    soon_.handler = on_posted;
    soon_.log = ngx_cycle->log;
    log_ = *ngx_cycle->log;
    log_.log_level = NGX_LOG_ALERT;
    guarded(ngx_cycle->log, false, [&] { return candidates_ = address.found, true; });
    const bool can_resolve = resolver != nullptr && resolver->connections.nelts != 0;
    if (can_resolve && !address.host.empty()) return resolve(resolver, time_to_resolve);
    connect_next();
}

void RedisConnection::resolve(ngx_resolver_t* resolver, ngx_msec_t limit) noexcept {
    ngx_resolver_ctx_t* lookup = ngx_resolve_start(resolver, nullptr);
    if (lookup == nullptr || lookup == NGX_NO_RESOLVER) return fail_soon("out of memory", 0);
    host_ = address_->host;  // nginx changes its case in place
    lookup->name = str(host_);
    lookup->handler = on_resolved;
    lookup->data = this;
    lookup->timeout = limit;
    lookup_ = lookup;
    if (ngx_resolve_name(lookup) == NGX_OK) return;  // perhaps it has been resolved already
    lookup_ = nullptr;
    fail_soon("nginx' resolver takes no request", 0);
}

void RedisConnection::on_resolved(ngx_resolver_ctx_t* lookup) noexcept {
    auto& self = *static_cast<RedisConnection*>(lookup->data);
    const ngx_int_t state = lookup->state;
    const bool is_taken = state == 0 && guarded(ngx_cycle->log, false, [&] {
                              self.take_resolved(*lookup);
                              return true;
                          });
    ngx_resolve_name_done(lookup);
    self.lookup_ = nullptr;
    if (is_taken) return self.connect_next();
    const char* error = state != 0 ? ngx_resolver_strerror(state) : "out of memory";
    guarded(ngx_cycle->log, false, [&] {
        self.fail_soon("its name cannot be looked up: " + std::string(error), 0);
        return true;
    });
}

void RedisConnection::take_resolved(const ngx_resolver_ctx_t& lookup) {
    candidates_.clear();
    for (ngx_uint_t i = 0; i < lookup.naddrs; i++) {
        ngx_sockaddr_t found{};  // the resolver keeps its own
        std::memcpy(&found, lookup.addrs[i].sockaddr, lookup.addrs[i].socklen);
        ngx_inet_set_port(&found.sockaddr, address_->port);
        candidates_.emplace_back(&found.sockaddr, lookup.addrs[i].socklen);
    }
}

void RedisConnection::connect_next() noexcept {
    while (next_candidate_ < candidates_.size())
        if (connect_to(candidates_[next_candidate_++])) return;
    if (candidates_.empty()) note("its name has no address", 0);
    has_failed_ = true;
    ngx_post_event(&soon_, &ngx_posted_events);
}

bool RedisConnection::connect_to(SocketAddress& address) noexcept {
    peer_name_ = str(address.text);
    peer_ = {};
    peer_.sockaddr = &address.address.sockaddr;
    peer_.socklen = address.size;
    peer_.name = &peer_name_;
    peer_.get = ngx_event_get_peer;
    peer_.log = &log_;
    peer_.log_error = NGX_ERROR_ERR;
    ngx_set_errno(0);
    const ngx_int_t result = ngx_event_connect_peer(&peer_);
    if (result != NGX_OK && result != NGX_AGAIN) {
        note("cannot connect", ngx_errno);
        if (peer_.connection != nullptr) ngx_close_connection(peer_.connection);
        return false;
    }
    connection_ = peer_.connection;
    connection_->data = this;
    connection_->read->handler = on_read;
    connection_->write->handler = on_write;
    if (is_tcp(address)) set_options(connection_->fd);
    if (result == NGX_OK) {
        ngx_post_event(connection_->write, &ngx_posted_events);
    }
    return true;
}

bool RedisConnection::has_connected() noexcept {
    if (is_open_) return true;
    if (const ngx_err_t error = error_of(connection_->fd); error != 0) {
        note("cannot connect", error);
        release();
        connect_next();
        return false;
    }
    is_open_ = true;
    connection_->idle = 1;  // nginx asks such ones to go when the worker quits
    const std::uint32_t generation = generation_;
    owner_.opened();
    return generation == generation_;
}

void RedisConnection::on_write(ngx_event_t* event) noexcept {
    RedisConnection& self = connection_of(event);
    if (!self.has_connected()) return;
    self.flush();
}

void RedisConnection::on_read(ngx_event_t* event) noexcept {
    RedisConnection& self = connection_of(event);
    if (self.connection_->close) {
        self.connection_->close = 0;  // it may have something to finish
        return self.owner_.asked_to_leave();
    }
    if (self.has_connected()) self.read_all();
}

void RedisConnection::read_all() noexcept {
    std::array<u_char, bytes_at_once> bytes{};
    for (unsigned i = 0; i < reads_at_once; i++) {
        const ssize_t size = connection_->recv(connection_, bytes.data(), bytes.size());
        if (size == 0) return fail("it closed the connection", 0);
        if (size == NGX_AGAIN) {
            if (ngx_handle_read_event(connection_->read, 0) != NGX_OK) fail("cannot wait for what it sends", 0);
            return;
        }
        if (size < 0) return fail("the connection broke", ngx_socket_errno);
        const std::uint32_t generation = generation_;
        owner_.received({reinterpret_cast<const char*>(bytes.data()), static_cast<std::size_t>(size)});
        if (generation != generation_) return;
    }
    ngx_post_event(connection_->read, &ngx_posted_next_events);  // others have their turn
}

void RedisConnection::send(std::string_view bytes) noexcept {
    const bool is_kept = guarded(ngx_cycle->log, false, [&] { return output_.append(bytes), true; });
    if (!is_kept) return fail_soon("out of memory", 0);
    if (is_open_) flush();
}

void RedisConnection::flush() noexcept {
    while (sent_ < output_.size()) {
        auto* from = reinterpret_cast<u_char*>(output_.data()) + sent_;
        const ssize_t size = connection_->send(connection_, from, output_.size() - sent_);
        if (size == NGX_AGAIN || size == 0) break;
        if (size < 0) return fail_soon("the connection broke", ngx_socket_errno);
        sent_ += static_cast<std::size_t>(size);
    }
    if (sent_ == output_.size()) wipe_output();
    if (ngx_handle_write_event(connection_->write, 0) != NGX_OK) fail_soon("cannot wait until it takes more", 0);
}

void RedisConnection::note(std::string_view what, ngx_err_t error) noexcept {
    guarded(ngx_cycle->log, false, [&] {
        why_ = what;
        if (error != 0) why_.append(": ").append(std::strerror(error));
        if (error == ECONNREFUSED || error == ENOENT) why_ += " (is it running there?)";
        return true;
    });
}

void RedisConnection::fail_soon(std::string_view what, ngx_err_t error) noexcept {
    if (has_failed_) return;
    note(what, error);
    has_failed_ = true;
    ngx_post_event(&soon_, &ngx_posted_events);
}

void RedisConnection::on_posted(ngx_event_t* event) noexcept {
    auto& self = *static_cast<RedisConnection*>(event->data);
    const std::string why = std::move(self.why_);
    self.close();
    self.owner_.closed(why);
}

void RedisConnection::fail(std::string_view what, ngx_err_t error) noexcept {
    note(what, error);
    const std::string why = std::move(why_);
    close();
    owner_.closed(why);
}

void RedisConnection::release() noexcept {
    if (connection_ == nullptr) return;
    ngx_close_connection(connection_);
    connection_ = nullptr;
    is_open_ = false;
}

void RedisConnection::wipe_output() noexcept {
    OPENSSL_cleanse(output_.data(), output_.size());
    output_.clear();
    sent_ = 0;
}

void RedisConnection::close() noexcept {
    generation_++;
    if (lookup_ != nullptr) ngx_resolve_name_done(lookup_);
    lookup_ = nullptr;
    release();
    if (soon_.posted) {
        ngx_delete_posted_event(&soon_);
    }
    has_failed_ = false;
    candidates_.clear();
    next_candidate_ = 0;
    why_.clear();
    wipe_output();
}

}  // namespace ngx
