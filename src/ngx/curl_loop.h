// libcurl's multi interface driven by nginx's event loop: nothing here blocks a worker.
#pragma once

#include <curl/curl.h>

#include <memory>

#include "base/openssl.h"
#include "ngx/client_certificate.h"
#include "ngx/nginx.h"

namespace ngx {

class CurlLoop;

// One request and its answer, as the loop sees them. It stays where it is in memory from add() until the loop has
// removed it.
class Transfer {
public:
    Transfer() noexcept = default;
    Transfer(const Transfer&) = delete;
    Transfer& operator=(const Transfer&) = delete;
    virtual ~Transfer() = default;

    CURL* easy = nullptr;

private:
    friend class CurlLoop;
    // Called outside of libcurl, when it is done with the transfer and the loop has removed it. May destroy it, and may
    // add and remove others.
    virtual void completed(CURLcode result) noexcept = 0;

    struct Watch {  // of one of its sockets
        CurlLoop* loop;
        Transfer* transfer;
        curl_socket_t socket;          // libcurl's
        ngx_connection_t* connection;  // watches a duplicate of it
        Watch* next;
    };
    Watch* watches_ = nullptr;
    bool lacks_watch_ = false;  // a socket could not be watched: in the loop's list
    Transfer* next_lacking_ = nullptr;
};

// One multi handle: one pool of connections that stay open, all of which trust the same authorities and show the same
// certificate.
class CurlLoop {
public:
    // Only in a process that runs an event loop: nothing of libcurl may cross a fork. Null: no memory.
    // `trusted` is kept alive.
    static std::unique_ptr<CurlLoop> create(X509_STORE* trusted, ClientCertificate::Shared certificate) noexcept;
    CurlLoop(const CurlLoop&) = delete;
    CurlLoop& operator=(const CurlLoop&) = delete;
    ~CurlLoop();  // every transfer must have been removed

    // transfer.easy is set up. False: libcurl refused it, and completed() will not be called.
    bool add(Transfer& transfer) noexcept;
    // Ends a transfer early, or does nothing. Never from inside one of libcurl's callbacks.
    void remove(Transfer& transfer) noexcept;
    // For CURLOPT_OPENSOCKETFUNCTION.
    static curl_socket_t open_socket(const Transfer& transfer, const curl_sockaddr& address) noexcept;
    // Has libcurl look soon at a transfer that waits for no socket; does nothing for one that does.
    static void nudge(Transfer& transfer) noexcept;

    X509_STORE* trusted() const noexcept { return trusted_.get(); }
    const ClientCertificate* certificate() const noexcept { return certificate_.get(); }  // null: none is shown

private:
    using Watch = Transfer::Watch;

    CurlLoop(X509_STORE* trusted, ClientCertificate::Shared certificate) noexcept;

    static int on_socket(CURL* easy, curl_socket_t socket, int what, void* self, void* watch) noexcept;
    static int on_timer(CURLM* multi, long milliseconds, void* self) noexcept;
    static void on_ready(ngx_event_t* event) noexcept;
    static void on_due(ngx_event_t* event) noexcept;

    Watch* watch(Transfer& transfer, curl_socket_t socket) noexcept;
    static void unlink(const Watch* watch) noexcept;
    void release(Watch* watch) noexcept;
    void mark_lacking(Transfer& transfer) noexcept;
    void unmark_lacking(Transfer& transfer) noexcept;
    void act(curl_socket_t socket, int mask) noexcept;
    void drain() noexcept;

    CURLM* multi_ = nullptr;
    base::openssl::X509Store trusted_;
    ClientCertificate::Shared certificate_;
    ngx_event_t due_ = {};                  // libcurl's one timer, or "call me now" when posted
    ngx_connection_t due_connection_ = {};  // nginx's debug log looks for an fd through event->data
    Transfer* first_lacking_ = nullptr;
};

}  // namespace ngx
