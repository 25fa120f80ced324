#include "ngx/fetch_transfer.h"

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <new>
#include <ranges>
#include <string_view>
#include <utility>

#include "base/content_coding.h"
#include "base/host_pattern.h"
#include "base/http_url.h"
#include "base/outgoing_request.h"
#include "base/public_address.h"

namespace ngx {
namespace {

constexpr ngx_msec_t nudge_delay = 20;

std::vector<std::unique_ptr<CurlLoop>> loops;  // one for each trust store and client certificate

// A connection shows the certificate that it was opened with: whoever shows another one, or none, has others.
CurlLoop* loop_for(const FetchRequest& request) {
    for (auto& loop : loops)
        if (loop->trusted() == request.trusted->get() && loop->certificate() == request.client_certificate.get())
            return loop.get();
    auto loop = CurlLoop::create(request.trusted->get(), request.client_certificate);
    if (loop == nullptr) return nullptr;
    loops.push_back(std::move(loop));
    return loops.back().get();
}

// Both are URLs.
bool have_same_origin(std::string_view a, std::string_view b) noexcept {
    const auto one = base::HttpUrl::parse(a);
    const auto other = base::HttpUrl::parse(b);
    return one && other && one->same_origin_as(*other);
}

CURLcode prepare_tls(CURL*, void* tls_context, void* of_loop) noexcept {
    const auto& loop = *static_cast<const CurlLoop*>(of_loop);
    auto* context = static_cast<SSL_CTX*>(tls_context);
    SSL_CTX_set1_cert_store(context, loop.trusted());
    if (loop.certificate() != nullptr && !loop.certificate()->use_in(context)) return CURLE_SSL_CERTPROBLEM;
    return CURLE_OK;
}

// Older versions of libcurl leave the line break in the value of a field that is empty.
std::string_view without_line_break(std::string_view value) noexcept {
    return value.substr(0, value.find_first_of("\r\n"));
}

std::string header_value(CURL* easy, const char* name) {
    std::string joined;
    curl_header* header = nullptr;
    for (std::size_t i = 0; curl_easy_header(easy, name, i, CURLH_HEADER, -1, &header) == CURLHE_OK; i++)
        joined.append(i == 0 ? "" : ", ").append(without_line_break(header->value));
    return joined;
}

FetchError error_of(CURLcode code) noexcept {
    switch (code) {
        case CURLE_URL_MALFORMAT:
            return FetchError::url_not_allowed;
        case CURLE_COULDNT_RESOLVE_HOST:
        case CURLE_COULDNT_RESOLVE_PROXY:
            return FetchError::name_not_resolved;
        case CURLE_COULDNT_CONNECT:
            return FetchError::connection_failed;
        case CURLE_OPERATION_TIMEDOUT:
            return FetchError::timed_out;
        case CURLE_SSL_CONNECT_ERROR:
        case CURLE_SSL_CERTPROBLEM:
        case CURLE_PEER_FAILED_VERIFICATION:
            return FetchError::tls_failed;
        case CURLE_OUT_OF_MEMORY:
        case CURLE_WRITE_ERROR:
            return FetchError::out_of_memory;
        default:
            return FetchError::response_broken;
    }
}

}  // namespace

std::expected<void, FetchError> Fetch::CurlTransfer::begin(const FetchRequest& request) {
    const auto url = base::HttpUrl::parse(url_);
    if (!url) return std::unexpected(FetchError::url_not_allowed);
    if (proxy_ != nullptr && proxy_->leads_to(*url)) through_ = proxy_;
    if (through_ != nullptr && deny_private_ && base::is_private_by_name(*url))
        return std::unexpected(FetchError::address_refused);
    loop_ = loop_for(request);
    if (loop_ == nullptr || !set_up(request)) return std::unexpected(FetchError::out_of_memory);
    live_.push_back(this);
    if (!loop_->add(*this)) return std::unexpected(FetchError::out_of_memory);
    start_timers(request);
    return {};
}

bool Fetch::CurlTransfer::set_up(const FetchRequest& request) {
    easy = curl_easy_init();
    if (easy == nullptr) return false;
    bool ok = true;
    const auto set = [&](CURLoption option, auto value) {
        ok = curl_easy_setopt(easy, option, value) == CURLE_OK && ok;
    };
    set(CURLOPT_URL, url_.c_str());
    set(CURLOPT_PROTOCOLS_STR, "http,https");
    set(CURLOPT_HTTP_VERSION, long{CURL_HTTP_VERSION_1_1});
    set(CURLOPT_USERAGENT, static_cast<const char*>(base::user_agent));
    set(CURLOPT_NOSIGNAL, 1L);
    set(CURLOPT_QUICK_EXIT, 1L);  // else a cancel would wait for getaddrinfo() to return
    set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(request.connect_timeout));
    set(CURLOPT_ERRORBUFFER, detail_);
    set(CURLOPT_UPLOAD_BUFFERSIZE, 16384L);  // the least there is; our forms are shorter, and many may be under way

    set(CURLOPT_SSLVERSION, long{CURL_SSLVERSION_TLSv1_2});
    set(CURLOPT_SSL_VERIFYPEER, 1L);
    set(CURLOPT_SSL_VERIFYHOST, 2L);
    set(CURLOPT_CAINFO, static_cast<char*>(nullptr));  // the shared store instead
    set(CURLOPT_CAPATH, static_cast<char*>(nullptr));
    set(CURLOPT_SSL_CTX_FUNCTION, &prepare_tls);
    set(CURLOPT_SSL_CTX_DATA, loop_);

    set(CURLOPT_OPENSOCKETFUNCTION, &on_open_socket);
    set(CURLOPT_OPENSOCKETDATA, this);
    set(CURLOPT_RESOLVER_START_FUNCTION, &on_lookup);
    set(CURLOPT_RESOLVER_START_DATA, this);
    set(CURLOPT_WRITEFUNCTION, &on_body);
    set(CURLOPT_WRITEDATA, this);
    // A connection that is open already may lead anywhere.
    if (request.is_good_once || (deny_private_ && through_ == nullptr)) set(CURLOPT_FRESH_CONNECT, 1L);
    if (request.is_good_once) set(CURLOPT_FORBID_REUSE, 1L);
    return ok && set_up_proxy() && set_up_body_and_headers(request);
}

// https goes through a tunnel (CONNECT), in which the server's certificate is verified as ever; http is asked of the
// proxy. Whatever the environment says: libcurl looks there for what is not set.
bool Fetch::CurlTransfer::set_up_proxy() {
    bool ok = true;
    const auto set = [&](CURLoption option, auto value) {
        ok = curl_easy_setopt(easy, option, value) == CURLE_OK && ok;
    };
    set(CURLOPT_PROXY, through_ != nullptr ? through_->url.c_str() : "");
    set(CURLOPT_NOPROXY, "");
    if (through_ == nullptr) return ok;
    set(CURLOPT_HEADEROPT, long{CURLHEADER_SEPARATE});  // our credentials are not the proxy's
    if (through_->user.empty()) return ok;
    set(CURLOPT_PROXYAUTH, long{CURLAUTH_BASIC});
    set(CURLOPT_PROXYUSERNAME, through_->user.c_str());
    set(CURLOPT_PROXYPASSWORD, through_->password.c_str());
    return ok;
}

bool Fetch::CurlTransfer::add_header(const char* header) noexcept {
    curl_slist* longer = curl_slist_append(headers_, header);
    if (longer == nullptr) return false;
    headers_ = longer;
    return true;
}

bool Fetch::CurlTransfer::set_up_body_and_headers(const FetchRequest& request) {
    for (const std::string& header : request.headers)
        if (!add_header(header.c_str())) return false;
    if (!request.authorization.empty() &&
        !add_header(base::Secret::joined({"Authorization: ", request.authorization}).c_str()))
        return false;
    if (body_) {
        curl_easy_setopt(easy, CURLOPT_POSTFIELDS, body_->c_str());  // not copied
        curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body_->reveal().size()));
    }
    return curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers_) == CURLE_OK;
}

void Fetch::CurlTransfer::start_timers(const FetchRequest& request) noexcept {
    deadline_.data = nudge_.data = this;
    deadline_.log = nudge_.log = ngx_cycle->log;
    deadline_.handler = on_deadline;
    nudge_.handler = on_nudge;
    deadline_.cancelable = request.background;
    nudge_.cancelable = 1;
    ngx_add_timer(&deadline_, request.deadline);
}

void Fetch::CurlTransfer::launch() noexcept {
    waits_for_lookup_ = false;
    if (!loop_->add(*this)) ngx_add_timer(&deadline_, 0);  // fails soon, and not from within our caller
}

void Fetch::CurlTransfer::stop() noexcept {
    if (easy == nullptr) return;
    leave_lookup(false);
    if (deadline_.timer_set) ngx_del_timer(&deadline_);
    if (nudge_.timer_set) ngx_del_timer(&nudge_);
    if (loop_ != nullptr) loop_->remove(*this);
    std::erase(live_, this);
    curl_easy_cleanup(std::exchange(easy, nullptr));
    for (curl_slist* header = headers_; header != nullptr; header = header->next)
        OPENSSL_cleanse(header->data, std::strlen(header->data));  // our credentials
    curl_slist_free_all(headers_);
    ERR_clear_error();
}

void Fetch::CurlTransfer::stop_all() noexcept {
    while (!live_.empty())
        live_.back()->stop();
    if (lookup_over_.posted) {
        ngx_delete_posted_event(&lookup_over_);
    }
    loops.clear();
}

// --- Completion

void Fetch::CurlTransfer::completed(CURLcode result) noexcept {
    leave_lookup(false);
    if (waits_for_lookup_) return;  // launched again when another lookup is over
    try {
        if (result == CURLE_OK && follow_redirects_ && is_redirect()) {
            const std::string_view refusal = follow_redirect();
            if (!refusal.empty()) finish(std::unexpected(FetchFailure{FetchError::redirect_refused, refusal}));
            return;
        }
    } catch (...) {
        result = CURLE_OUT_OF_MEMORY;
    }
    finish(result);
}

bool Fetch::CurlTransfer::is_redirect() const noexcept {
    char* target = nullptr;
    curl_easy_getinfo(easy, CURLINFO_REDIRECT_URL, &target);
    return target != nullptr;
}

// Returns why not, or nothing.
std::string_view Fetch::CurlTransfer::follow_redirect() {
    char* location = nullptr;
    curl_easy_getinfo(easy, CURLINFO_REDIRECT_URL, &location);
    std::string target = location;
    const std::string_view refusal = base::redirect_refusal(url_, target, redirects_++);
    if (!refusal.empty()) return refusal;
    url_ = std::move(target);
    response_body_.clear();
    if (curl_easy_setopt(easy, CURLOPT_URL, url_.c_str()) != CURLE_OK) throw std::bad_alloc();
    launch();
    return {};
}

FetchResponse Fetch::CurlTransfer::take_response() {
    FetchResponse response;
    curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &response.status);
    response.content_type = header_value(easy, "Content-Type");
    response.cache_control = header_value(easy, "Cache-Control");
    response.retry_after = header_value(easy, "Retry-After");
    response.challenge = header_value(easy, "WWW-Authenticate");
    response.body = std::move(response_body_);
    return response;
}

FetchFailure Fetch::CurlTransfer::failure(CURLcode result) const noexcept {
    FetchError error = error_of(result);
    if (error == FetchError::connection_failed && address_refused_) error = FetchError::address_refused;
    long proxy_status = 0;
    curl_easy_getinfo(easy, CURLINFO_HTTP_CONNECTCODE, &proxy_status);
    if (proxy_status != 0 && proxy_status / 100 != 2) error = FetchError::proxy_refused;
    if (too_large_) return {FetchError::response_too_large, {}};
    return {error, detail_};
}

void Fetch::CurlTransfer::finish(CURLcode result) noexcept try {
    if (result != CURLE_OK) return finish(std::unexpected(failure(result)));
    if (!base::is_identity_coding(header_value(easy, "Content-Encoding")))
        return finish(std::unexpected(FetchFailure{FetchError::response_encoded, {}}));
    finish(FetchResult(take_response()));
} catch (...) {
    finish(std::unexpected(FetchFailure{FetchError::out_of_memory, {}}));
}

void Fetch::CurlTransfer::finish(FetchResult result) noexcept {
    const auto self = std::move(owner_.transfer_);  // the completion may destroy the owner
    stop();
    completion_(context_, std::move(result));
}

void Fetch::CurlTransfer::on_deadline(ngx_event_t* event) noexcept {
    static_cast<CurlTransfer*>(event->data)->finish(CURLE_OPERATION_TIMEDOUT);
}

// --- Called by libcurl

std::size_t Fetch::CurlTransfer::on_body(char* bytes, std::size_t, std::size_t size, void* self) noexcept try {
    auto& transfer = *static_cast<CurlTransfer*>(self);
    transfer.too_large_ = size > transfer.max_body_bytes_ - transfer.response_body_.size();
    if (transfer.too_large_) return 0;  // ends the transfer
    transfer.response_body_.append(bytes, size);
    return size;
} catch (...) {
    return 0;
}

curl_socket_t Fetch::CurlTransfer::on_open_socket(void* self, curlsocktype, curl_sockaddr* address) noexcept {
    auto& transfer = *static_cast<CurlTransfer*>(self);
    transfer.leave_lookup(true);
    if (transfer.deny_private_ && transfer.through_ == nullptr && !base::is_public_address(address->addr)) {
        transfer.address_refused_ = true;
        return CURL_SOCKET_BAD;
    }
    // When an address fails at once, libcurl 7.88 prepares the next but starts it only when something else calls.
    if (!transfer.nudge_.timer_set) ngx_add_timer(&transfer.nudge_, nudge_delay);
    return CurlLoop::open_socket(transfer, *address);
}

void Fetch::CurlTransfer::on_nudge(ngx_event_t* event) noexcept {
    CurlLoop::nudge(*static_cast<CurlTransfer*>(event->data));
}

// --- Name lookups: libcurl starts a thread for each, which lives on until getaddrinfo() gives up. So there is one at a
// time for each origin, and few together. The others wait, and then find the name in libcurl's cache.

bool Fetch::CurlTransfer::claim_lookup() noexcept {
    const auto same_origin = [&](const CurlTransfer* other) {
        return other != nullptr && have_same_origin(other->looks_up(), looks_up());
    };
    const auto place = std::ranges::find(lookups_, nullptr);
    if (place == lookups_.end() || std::ranges::any_of(lookups_, same_origin)) return false;
    *place = this;
    return true;
}

int Fetch::CurlTransfer::on_lookup(void*, void*, void* self) noexcept {
    auto* transfer = static_cast<CurlTransfer*>(self);
    transfer->waits_for_lookup_ = std::ranges::find(lookups_, transfer) == lookups_.end() && !transfer->claim_lookup();
    return transfer->waits_for_lookup_ ? 1 : 0;  // 1 ends the transfer for now
}

void Fetch::CurlTransfer::leave_lookup(bool name_found) noexcept {
    const auto place = std::ranges::find(lookups_, this);
    if (place == lookups_.end()) return;
    *place = nullptr;
    name_found_ = name_found_ || name_found;
    lookup_over_.handler = on_lookup_over;
    lookup_over_.log = ngx_cycle->log;
    ngx_post_event(&lookup_over_, &ngx_posted_events);  // we may be inside of libcurl
}

void Fetch::CurlTransfer::on_lookup_over(ngx_event_t*) noexcept {
    const bool name_found = std::exchange(name_found_, false);
    // The youngest first: when a name server hangs, it is the one that can wait longest for its thread.
    for (CurlTransfer* transfer : live_ | std::views::reverse)
        if (transfer->waits_for_lookup_ && (name_found || transfer->claim_lookup())) transfer->launch();
}

}  // namespace ngx
