#include "cli/http.h"

#include <curl/curl.h>
#include <openssl/x509.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <new>

#include "base/ascii.h"
#include "base/content_coding.h"
#include "base/host_pattern.h"
#include "base/outgoing_request.h"
#include "base/public_address.h"
#include "cli/http_error.h"

namespace cli {
namespace {

constexpr std::size_t max_header_bytes = std::size_t{1024} * 1024;

using Easy = std::unique_ptr<CURL, decltype(&curl_easy_cleanup)>;

class HeaderList {
public:
    HeaderList() = default;
    HeaderList(const HeaderList&) = delete;
    HeaderList& operator=(const HeaderList&) = delete;
    ~HeaderList() { curl_slist_free_all(first_); }

    bool append(const std::string& line) noexcept {
        curl_slist* longer = curl_slist_append(first_, line.c_str());
        if (longer != nullptr) first_ = longer;
        return longer != nullptr;
    }
    curl_slist* get() const noexcept { return first_; }

private:
    curl_slist* first_ = nullptr;
};

// What the callbacks fill.
struct Reading {
    std::size_t max_body_bytes;
    bool deny_private_addresses;
    HttpAnswer answer{};
    std::size_t header_size = 0;
    bool too_large = false;
    bool enough = false;
    bool address_refused = false;

    bool is_stream() const { return answer.header("content-type").starts_with("text/event-stream"); }
};

std::string_view trimmed(std::string_view text) noexcept {
    constexpr std::string_view blank = " \t\r\n";
    text.remove_prefix(std::min(text.find_first_not_of(blank), text.size()));
    return text.substr(0, text.find_last_not_of(blank) + 1);
}

std::string lower(std::string_view text) {
    std::string result(text);
    std::ranges::transform(result, result.begin(), base::to_lower);
    return result;
}

// With data: a stream may begin with an event that has an id alone, to resume from.
bool holds_event(std::string_view stream) noexcept {
    for (std::size_t at = 0; (at = stream.find("data:", at)) != std::string_view::npos; at += 5)
        if (!trimmed(stream.substr(at + 5, stream.find('\n', at) - at - 5)).empty())
            return stream.find("\n\n", at) != std::string_view::npos ||
                   stream.find("\r\n\r\n", at) != std::string_view::npos;
    return false;
}

std::size_t take_header(char* bytes, std::size_t, std::size_t size, void* reading) noexcept try {
    auto& into = *static_cast<Reading*>(reading);
    const std::string_view line(bytes, size);
    into.too_large = size > max_header_bytes - into.header_size;
    if (into.too_large) return 0;
    into.header_size += size;
    if (line.starts_with("HTTP/")) into.answer.headers.clear();  // of a 1xx answer, or of a proxy
    const std::size_t colon = line.find(':');
    if (colon != std::string_view::npos)
        into.answer.headers.emplace_back(lower(line.substr(0, colon)), trimmed(line.substr(colon + 1)));
    return size;
} catch (...) {
    return 0;
}

std::size_t take_body(char* bytes, std::size_t, std::size_t size, void* reading) noexcept try {
    auto& into = *static_cast<Reading*>(reading);
    into.too_large = size > into.max_body_bytes - into.answer.body.size();
    if (into.too_large) return 0;
    into.answer.body.append(bytes, size);
    into.enough = into.is_stream() && holds_event(into.answer.body);
    return into.enough ? 0 : size;
} catch (...) {
    return 0;
}

curl_socket_t open_socket(void* reading, curlsocktype, curl_sockaddr* address) noexcept {
    auto& into = *static_cast<Reading*>(reading);
    into.address_refused = into.deny_private_addresses && !base::is_public_address(address->addr);
    if (into.address_refused) return CURL_SOCKET_BAD;
    return ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

void set_up(CURL* handle, const HttpRequest& request) {
    curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(handle, CURLOPT_USERAGENT, static_cast<const char*>(base::user_agent));
    if (request.as_nginx) {
        curl_easy_setopt(handle, CURLOPT_HTTP_VERSION, long{CURL_HTTP_VERSION_1_1});
        curl_easy_setopt(handle, CURLOPT_SSLVERSION, long{CURL_SSLVERSION_TLSv1_2});
        curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(base::connect_limit.count()));
    }
    curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
    if (!request.body.empty()) {
        curl_easy_setopt(handle, CURLOPT_POSTFIELDS, request.body.data());
        curl_easy_setopt(handle, CURLOPT_POSTFIELDSIZE, static_cast<long>(request.body.size()));
    }
    if (request.method != "GET") curl_easy_setopt(handle, CURLOPT_CUSTOMREQUEST, request.method.c_str());
}

bool goes_through_proxy(const HttpRequest& request) {
    const auto url = base::HttpUrl::parse(request.url);
    return request.proxy != nullptr && !request.beside_us && url && base::is_behind_proxy(*url, request.proxy->direct);
}

void set_up_proxy(CURL* handle, const HttpRequest& request) {
    if (!request.beside_us && !request.as_nginx && request.proxy == nullptr) return;
    const bool is_used = goes_through_proxy(request);
    curl_easy_setopt(handle, CURLOPT_PROXY, is_used ? request.proxy->url.c_str() : "");
    curl_easy_setopt(handle, CURLOPT_NOPROXY, "");
    curl_easy_setopt(handle, CURLOPT_HEADEROPT, long{CURLHEADER_SEPARATE});  // our credentials are not the proxy's
    if (!is_used || request.proxy->user.empty()) return;
    curl_easy_setopt(handle, CURLOPT_PROXYAUTH, long{CURLAUTH_BASIC});
    curl_easy_setopt(handle, CURLOPT_PROXYUSERNAME, request.proxy->user.c_str());
    curl_easy_setopt(handle, CURLOPT_PROXYPASSWORD, request.proxy->password.c_str());
}

// OpenSSL's variables count for nginx, and libcurl does not know them.
void trust_system_as_nginx(CURL* handle) {
    if (const char* file = std::getenv(X509_get_default_cert_file_env()))
        curl_easy_setopt(handle, CURLOPT_CAINFO, file);
    if (const char* folder = std::getenv(X509_get_default_cert_dir_env()))
        curl_easy_setopt(handle, CURLOPT_CAPATH, folder);
}

void trust(CURL* handle, const HttpRequest& request) {
    if (request.as_nginx) trust_system_as_nginx(handle);
    if (request.ca_file.empty()) return;
    curl_easy_setopt(handle, CURLOPT_CAINFO, request.ca_file.c_str());
    if (request.only_ca_file) curl_easy_setopt(handle, CURLOPT_CAPATH, static_cast<const char*>(nullptr));
}

void set_up_tls(CURL* handle, const HttpRequest& request) {
    curl_easy_setopt(handle, CURLOPT_CERTINFO, 1L);
    trust(handle, request);
    if (!request.client_certificate_file.empty()) {
        curl_easy_setopt(handle, CURLOPT_SSLCERT, request.client_certificate_file.c_str());
        curl_easy_setopt(handle, CURLOPT_SSLKEY, request.client_key_file.c_str());
        curl_easy_setopt(handle, CURLOPT_KEYPASSWD, "");  // else OpenSSL asks on the terminal
    }
    if (!request.beside_us) return;
    curl_easy_setopt(handle, CURLOPT_SSL_VERIFYPEER, 0L);
    curl_easy_setopt(handle, CURLOPT_SSL_VERIFYHOST, 0L);
}

void read_into(CURL* handle, Reading& reading) {
    curl_easy_setopt(handle, CURLOPT_HEADERFUNCTION, take_header);
    curl_easy_setopt(handle, CURLOPT_HEADERDATA, &reading);
    curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, take_body);
    curl_easy_setopt(handle, CURLOPT_WRITEDATA, &reading);
    if (!reading.deny_private_addresses) return;
    curl_easy_setopt(handle, CURLOPT_OPENSOCKETFUNCTION, open_socket);
    curl_easy_setopt(handle, CURLOPT_OPENSOCKETDATA, &reading);
}

HttpError refused(std::string text, std::string remedy) {
    return {.text = std::move(text), .remedy = std::move(remedy), .is_refused = true};
}

HttpError too_large(std::size_t limit) {
    constexpr std::size_t megabyte = std::size_t{1024} * 1024;
    const std::string size =
        limit % megabyte == 0 ? std::to_string(limit / megabyte) + " MB" : std::to_string(limit / 1024) + " KB";
    return refused("the answer is larger than " + size, "look what answers there: no document of OAuth is as large");
}

HttpError private_address() {
    return {.text = "it leads to a private address, where nginx follows no document",
            .remedy =
                "have the metadata name a public address, or the host of its issuer; or name the keys in the "
                "settings: keys.url of the file, MCP_JWKS_URI, or mcp_jwks"};
}

using Clock = std::chrono::steady_clock;

// One request and its answer, whatever that is.
std::expected<HttpAnswer, HttpError> perform(CURL* handle, const std::string& url, const HttpRequest& request,
                                             Clock::time_point deadline) {
    using std::chrono::milliseconds;
    Reading reading{.max_body_bytes = request.max_body_bytes,
                    .deny_private_addresses = request.deny_private_addresses && !goes_through_proxy(request)};
    read_into(handle, reading);
    const auto left = std::chrono::ceil<milliseconds>(deadline - Clock::now());
    curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, static_cast<long>(std::max(left, milliseconds(1)).count()));
    curl_easy_setopt(handle, CURLOPT_URL, url.c_str());
    const CURLcode code = curl_easy_perform(handle);
    if (reading.too_large) return std::unexpected(too_large(request.max_body_bytes));
    if (code == CURLE_COULDNT_CONNECT && reading.address_refused) return std::unexpected(private_address());
    // A stream may have nothing to say for long.
    const bool is_silent = code == CURLE_OPERATION_TIMEDOUT && reading.is_stream();
    if (code != CURLE_OK && !reading.enough && !is_silent) return std::unexpected(error_of(handle, code));
    long status = 0;
    curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &status);
    reading.answer.status = static_cast<int>(status);
    return std::move(reading.answer);
}

// Where the answer leads; empty: nowhere.
std::string redirect_of(CURL* handle) {
    char* target = nullptr;
    curl_easy_getinfo(handle, CURLINFO_REDIRECT_URL, &target);
    return target == nullptr ? "" : target;
}

std::expected<HttpAnswer, HttpError> perform_all(CURL* handle, const HttpRequest& request) {
    const auto deadline = Clock::now() + request.timeout;
    std::string url = request.url;
    for (unsigned redirects = 0;; redirects++) {
        auto answer = perform(handle, url, request, deadline);
        std::string target = answer && request.follow_redirects ? redirect_of(handle) : "";
        if (target.empty()) return answer;
        if (const auto refusal = base::redirect_refusal(url, target, redirects); !refusal.empty())
            return std::unexpected(
                refused("the redirect is not followed, as " + std::string(refusal),
                        "make the server answer at this URL, or configure the URL that it redirects to"));
        url = std::move(target);
    }
}

}  // namespace

std::vector<std::string_view> HttpAnswer::lines(std::string_view name) const {
    std::vector<std::string_view> found;
    for (const auto& [key, value] : headers)
        if (key == name) found.emplace_back(value);
    return found;
}

std::string_view HttpAnswer::header(std::string_view name) const {
    const auto found = lines(name);
    return found.empty() ? std::string_view() : found.front();
}

std::string HttpAnswer::list(std::string_view name) const {
    std::string all;
    for (const std::string_view line : lines(name))
        all.append(all.empty() ? "" : ", ").append(line);
    return all;
}

std::expected<HttpAnswer, HttpError> ask(const HttpRequest& request) {
    const Easy easy(curl_easy_init(), curl_easy_cleanup);
    if (easy == nullptr) throw std::bad_alloc();
    if (request.deny_private_addresses && goes_through_proxy(request))
        if (const auto url = base::HttpUrl::parse(request.url); url && base::is_private_by_name(*url))
            return std::unexpected(private_address());
    HeaderList headers;
    for (const std::string& header : request.headers)
        if (!headers.append(header)) throw std::bad_alloc();
    CURL* handle = easy.get();
    curl_easy_setopt(handle, CURLOPT_HTTPHEADER, headers.get());
    set_up(handle, request);
    set_up_tls(handle, request);
    set_up_proxy(handle, request);
    auto answer = perform_all(handle, request);
    if (answer && request.as_nginx && !base::is_identity_coding(answer->list("content-encoding")))
        return std::unexpected(refused("the response is compressed (Content-Encoding), which the request did not allow",
                                       "have the server, or the proxy in front of it, send it uncompressed"));
    return answer;
}

}  // namespace cli
