#include "ngx/curl_loop.h"

#include <fcntl.h>
#include <openssl/err.h>
#include <sys/socket.h>
#include <unistd.h>

#include <csignal>
#include <new>
#include <utility>

namespace ngx {
namespace {

constexpr long max_idle_connections = 64;

// Threads that libcurl starts (its resolver) inherit this mask: none of nginx's signals may be handled there.
class SignalsBlocked {
public:
    SignalsBlocked() noexcept {
        sigset_t all;
        sigfillset(&all);
        pthread_sigmask(SIG_SETMASK, &all, &before_);
    }
    SignalsBlocked(const SignalsBlocked&) = delete;
    SignalsBlocked& operator=(const SignalsBlocked&) = delete;
    ~SignalsBlocked() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

private:
    sigset_t before_;
};

Transfer& transfer_of(CURL* easy) noexcept {
    char* transfer = nullptr;
    curl_easy_getinfo(easy, CURLINFO_PRIVATE, &transfer);
    return *reinterpret_cast<Transfer*>(transfer);
}

bool want(ngx_event_t* event, ngx_int_t kind, bool on) noexcept {
    if (on && !event->active) return ngx_add_event(event, kind, NGX_LEVEL_EVENT) == NGX_OK;
    // Not NGX_CLOSE_EVENT: epoll would go on, as libcurl has the same socket open under another number.
    if (!on && event->active) return ngx_del_event(event, kind, 0) == NGX_OK;
    return true;
}

}  // namespace

CurlLoop::CurlLoop(X509_STORE* trusted, ClientCertificate::Shared certificate) noexcept
    : trusted_(trusted), certificate_(std::move(certificate)) {
    X509_STORE_up_ref(trusted);
    due_connection_.fd = static_cast<ngx_socket_t>(-1);
    due_connection_.data = this;
    due_.data = &due_connection_;
    due_.handler = on_due;
    due_.log = ngx_cycle->log;
    due_.cancelable = 1;  // who waits for a transfer has a timer of his own
}

std::unique_ptr<CurlLoop> CurlLoop::create(X509_STORE* trusted, ClientCertificate::Shared certificate) noexcept {
    std::unique_ptr<CurlLoop> loop(new (std::nothrow) CurlLoop(trusted, std::move(certificate)));
    if (loop == nullptr) return nullptr;
    loop->multi_ = curl_multi_init();
    if (loop->multi_ == nullptr) return nullptr;
    curl_multi_setopt(loop->multi_, CURLMOPT_SOCKETFUNCTION, &CurlLoop::on_socket);
    curl_multi_setopt(loop->multi_, CURLMOPT_SOCKETDATA, loop.get());
    curl_multi_setopt(loop->multi_, CURLMOPT_TIMERFUNCTION, &CurlLoop::on_timer);
    curl_multi_setopt(loop->multi_, CURLMOPT_TIMERDATA, loop.get());
    curl_multi_setopt(loop->multi_, CURLMOPT_PIPELINING, long{CURLPIPE_NOTHING});
    curl_multi_setopt(loop->multi_, CURLMOPT_MAXCONNECTS, max_idle_connections);
    return loop;
}

CurlLoop::~CurlLoop() {
    if (multi_ != nullptr) curl_multi_cleanup(multi_);  // may still call on_timer
    ERR_clear_error();
    if (due_.timer_set) ngx_del_timer(&due_);
    if (due_.posted) {
        ngx_delete_posted_event(&due_);  // a macro of several statements
    }
}

bool CurlLoop::add(Transfer& transfer) noexcept {
    curl_easy_setopt(transfer.easy, CURLOPT_PRIVATE, &transfer);
    const SignalsBlocked guard;
    return curl_multi_add_handle(multi_, transfer.easy) == CURLM_OK;
}

void CurlLoop::remove(Transfer& transfer) noexcept {
    unmark_lacking(transfer);
    while (Watch* watch = transfer.watches_) {
        transfer.watches_ = watch->next;
        release(watch);
    }
    curl_multi_remove_handle(multi_, transfer.easy);
    ERR_clear_error();
}

curl_socket_t CurlLoop::open_socket(const Transfer& transfer, const curl_sockaddr& address) noexcept {
    const int socket = ::socket(address.family, address.socktype | SOCK_CLOEXEC, address.protocol);
    const Watch* watch = transfer.watches_;
    while (watch != nullptr && watch->socket != socket)
        watch = watch->next;
    if (watch == nullptr) return socket;
    // libcurl closed that one and has not said so yet. It would take the new socket for the old and not ask for it to
    // be watched: give it another number.
    const int other = fcntl(socket, F_DUPFD_CLOEXEC, socket + 1);
    ::close(socket);
    return other;
}

void CurlLoop::nudge(Transfer& transfer) noexcept {
    if (transfer.watches_ != nullptr) return;
    // Unpausing is the documented way to have one transfer looked at again soon.
    curl_easy_pause(transfer.easy, CURLPAUSE_RECV);
    curl_easy_pause(transfer.easy, CURLPAUSE_CONT);
}

int CurlLoop::on_socket(CURL* easy, curl_socket_t socket, int what, void* self, void* watching) noexcept {
    auto& loop = *static_cast<CurlLoop*>(self);
    auto* watch = static_cast<Watch*>(watching);
    if (what == CURL_POLL_REMOVE) {
        if (watch == nullptr) return 0;
        unlink(watch);
        loop.release(watch);
        return 0;
    }
    Transfer& transfer = transfer_of(easy);
    if (watch == nullptr) watch = loop.watch(transfer, socket);
    if (watch == nullptr || !want(watch->connection->write, NGX_WRITE_EVENT, (what & CURL_POLL_OUT) != 0) ||
        !want(watch->connection->read, NGX_READ_EVENT, (what & CURL_POLL_IN) != 0))
        loop.mark_lacking(transfer);
    return 0;  // -1 would end the whole multi handle for good
}

// A duplicate is watched, because libcurl may close its own before it has it unwatched: by then the number could belong
// to another socket.
CurlLoop::Watch* CurlLoop::watch(Transfer& transfer, curl_socket_t socket) noexcept {
    const int duplicate = fcntl(socket, F_DUPFD_CLOEXEC, 0);
    if (duplicate == -1) return nullptr;
    auto* watch = new (std::nothrow) Watch{this, &transfer, socket, nullptr, transfer.watches_};
    ngx_connection_t* connection = watch != nullptr ? ngx_get_connection(duplicate, ngx_cycle->log) : nullptr;
    if (connection == nullptr) {
        ::close(duplicate);
        delete watch;
        return nullptr;
    }
    connection->data = watch;
    connection->read->handler = connection->write->handler = on_ready;
    connection->read->log = connection->write->log = ngx_cycle->log;
    watch->connection = connection;
    transfer.watches_ = watch;
    curl_multi_assign(multi_, socket, watch);
    return watch;
}

void CurlLoop::unlink(const Watch* watch) noexcept {
    Watch** link = &watch->transfer->watches_;
    while (*link != watch)
        link = &(*link)->next;
    *link = watch->next;
}

void CurlLoop::release(Watch* watch) noexcept {
    curl_multi_assign(multi_, watch->socket, nullptr);
    ngx_connection_t* connection = watch->connection;
    want(connection->read, NGX_READ_EVENT, false);
    want(connection->write, NGX_WRITE_EVENT, false);
    ngx_close_connection(connection);
    delete watch;
}

void CurlLoop::mark_lacking(Transfer& transfer) noexcept {
    if (std::exchange(transfer.lacks_watch_, true)) return;
    transfer.next_lacking_ = std::exchange(first_lacking_, &transfer);
    ngx_post_event(&due_, &ngx_posted_next_events);
}

void CurlLoop::unmark_lacking(Transfer& transfer) noexcept {
    if (!std::exchange(transfer.lacks_watch_, false)) return;
    Transfer** link = &first_lacking_;
    while (*link != &transfer)
        link = &(*link)->next_lacking_;
    *link = transfer.next_lacking_;
}

int CurlLoop::on_timer(CURLM*, long milliseconds, void* self) noexcept {
    ngx_event_t& due = static_cast<CurlLoop*>(self)->due_;
    if (due.timer_set) ngx_del_timer(&due);  // ngx_add_timer() keeps an earlier timer that is near enough
    // At once means soon: libcurl must not be entered from its own callback.
    if (milliseconds == 0) {
        // Nor before everybody else's events and timers: while a server sends without end, libcurl always wants to be
        // called at once.
        ngx_post_event(&due, &ngx_posted_next_events);
    }
    if (milliseconds > 0) ngx_add_timer(&due, static_cast<ngx_msec_t>(milliseconds));
    return 0;
}

void CurlLoop::on_ready(ngx_event_t* event) noexcept {
    const auto* watch = static_cast<Watch*>(static_cast<ngx_connection_t*>(event->data)->data);
    watch->loop->act(watch->socket, event->write ? CURL_CSELECT_OUT : CURL_CSELECT_IN);
}

void CurlLoop::on_due(ngx_event_t* event) noexcept {
    auto* connection = static_cast<ngx_connection_t*>(event->data);
    static_cast<CurlLoop*>(connection->data)->act(CURL_SOCKET_TIMEOUT, 0);
}

void CurlLoop::act(curl_socket_t socket, int mask) noexcept {
    int running = 0;
    CURLMcode code = CURLM_OK;
    {
        const SignalsBlocked guard;
        code = curl_multi_socket_action(multi_, socket, mask, &running);
    }
    ERR_clear_error();  // nginx's own TLS would find and log what libcurl left there
    if (code != CURLM_OK)
        ngx_log_error(NGX_LOG_ALERT, ngx_cycle->log, 0, "curl_multi_socket_action: %s", curl_multi_strerror(code));
    drain();
}

void CurlLoop::drain() noexcept {
    int left = 0;
    while (CURLMsg* message = curl_multi_info_read(multi_, &left)) {
        if (message->msg != CURLMSG_DONE) continue;
        const CURLcode result = message->data.result;
        Transfer& transfer = transfer_of(message->easy_handle);
        remove(transfer);  // `message` is gone with it
        transfer.completed(result);
    }
    while (first_lacking_ != nullptr) {
        Transfer& transfer = *first_lacking_;
        remove(transfer);
        transfer.completed(CURLE_OUT_OF_MEMORY);
    }
}

}  // namespace ngx
