// Outgoing HTTP(S) from a worker, on nginx's event loop. Nothing blocks; the server's certificate and host name are
// always verified; no cookie, redirect or compression unless stated here, and no proxy but that of
// fetch_init_process(), whatever the environment says.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/outgoing_request.h"
#include "ngx/client_certificate.h"
#include "ngx/nginx.h"
#include "ngx/proxy.h"
#include "ngx/trust_store.h"

namespace ngx {

struct FetchRequest {
    std::string url = {};                   // http or https
    std::vector<std::string> headers = {};  // "Name: value"
    // Both are copied, and the copies wiped.
    std::string_view authorization = {};        // value of that header; empty: there is none
    std::optional<std::string_view> body = {};  // POST when there is one: a form, unless a header says otherwise
    const TrustStore* trusted = nullptr;        // required
    ClientCertificate::Shared client_certificate = {};  // null: none is shown
    std::size_t max_body_bytes = std::size_t{64} * 1024;
    ngx_msec_t deadline = 5000;  // for everything: name lookup, connecting, redirects, the last byte of the body
    ngx_msec_t connect_timeout = base::connect_limit.count();
    // Connects to public addresses only (SPEC 53): for a URL that somebody else wrote. Of what a proxy connects to only
    // base::is_private_by_name() is known.
    bool deny_private_addresses = false;
    bool follow_redirects = false;  // at most two, to the same scheme, host and port; GET only
    bool background = false;        // does not hold up a worker that is quitting
    // By a connection of its own: when a kept one ends without an answer, libcurl sends the request a second time.
    bool is_good_once = false;
};

struct FetchResponse {
    long status = 0;
    std::string body;
    // Header values: empty when absent, several of one name joined with ", ".
    std::string content_type;
    std::string cache_control;
    std::string retry_after;
    std::string challenge;  // WWW-Authenticate
};

enum class FetchError : std::uint8_t {
    out_of_memory,  // or nginx's connection slots used up
    url_not_allowed,
    name_not_resolved,
    connection_failed,
    address_refused,  // private, see deny_private_addresses
    tls_failed,
    timed_out,
    redirect_refused,
    response_too_large,
    response_encoded,  // compressed though nobody asked for it
    response_broken,   // not HTTP, or cut short
    proxy_refused,
};

std::string_view text(FetchError error) noexcept;

struct FetchFailure {
    FetchError error;
    std::string_view detail;  // libcurl's words or empty; valid until the completion returns
};

std::string text(const FetchFailure& failure);  // with its detail

using FetchResult = std::expected<FetchResponse, FetchFailure>;

// One request and its answer. It stays where it is in memory; destroying it cancels.
class Fetch {
public:
    // Called from the event loop, at most once for each start(), never from within start(). The Fetch is then inactive:
    // it may be started again or destroyed inside the call.
    using Completion = void (*)(void* context, FetchResult result) noexcept;

    Fetch() noexcept;
    Fetch(const Fetch&) = delete;
    Fetch& operator=(const Fetch&) = delete;
    ~Fetch();

    // Cancels what was under way. On an error the completion is not called.
    std::expected<void, FetchError> start(const FetchRequest& request, Completion completion, void* context) noexcept;
    void cancel() noexcept;
    bool active() const noexcept { return transfer_ != nullptr; }

private:
    class CurlTransfer;
    friend ngx_int_t fetch_init_process(ngx_cycle_t* cycle, const Proxy* proxy) noexcept;
    friend void fetch_exit_process() noexcept;
    std::unique_ptr<CurlTransfer> transfer_;
};

// From init_process and exit_process of the module that fetches. All that this worker fetches goes through `proxy`,
// which lives as long as it does; null: nothing.
ngx_int_t fetch_init_process(ngx_cycle_t* cycle, const Proxy* proxy) noexcept;
void fetch_exit_process() noexcept;

}  // namespace ngx
