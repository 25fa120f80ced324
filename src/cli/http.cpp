#include "cli/http.h"

#include <curl/curl.h>

#include <algorithm>
#include <memory>
#include <new>

#include "base/ascii.h"
#include "base/host_pattern.h"
#include "cli/http_error.h"

namespace cli {
namespace {

constexpr std::size_t max_bytes = std::size_t{1024} * 1024;

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
    HttpAnswer answer;
    std::size_t size = 0;
    bool too_large = false;
    bool enough = false;

    bool is_stream() const { return answer.header("content-type").starts_with("text/event-stream"); }
    bool grows(std::size_t more) noexcept {
        size += more;
        too_large = size > max_bytes;
        return !too_large;
    }
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
    if (!into.grows(size)) return 0;
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
    if (!into.grows(size)) return 0;
    into.answer.body.append(bytes, size);
    into.enough = into.is_stream() && holds_event(into.answer.body);
    return into.enough ? 0 : size;
} catch (...) {
    return 0;
}

void set_up(CURL* handle, const HttpRequest& request) {
    curl_easy_setopt(handle, CURLOPT_URL, request.url.c_str());
    curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(handle, CURLOPT_TIMEOUT, static_cast<long>(request.timeout.count()));
    curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
    if (!request.body.empty()) {
        curl_easy_setopt(handle, CURLOPT_POSTFIELDS, request.body.data());
        curl_easy_setopt(handle, CURLOPT_POSTFIELDSIZE, static_cast<long>(request.body.size()));
    }
    if (request.method != "GET") curl_easy_setopt(handle, CURLOPT_CUSTOMREQUEST, request.method.c_str());
}

void set_up_proxy(CURL* handle, const HttpRequest& request) {
    if (!request.beside_us && request.proxy == nullptr) return;
    const auto url = base::HttpUrl::parse(request.url);
    const bool is_used =
        request.proxy != nullptr && !request.beside_us && url && base::is_behind_proxy(*url, request.proxy->direct);
    curl_easy_setopt(handle, CURLOPT_PROXY, is_used ? request.proxy->url.c_str() : "");
    curl_easy_setopt(handle, CURLOPT_NOPROXY, "");
    curl_easy_setopt(handle, CURLOPT_HEADEROPT, long{CURLHEADER_SEPARATE});  // our credentials are not the proxy's
    if (!is_used || request.proxy->user.empty()) return;
    curl_easy_setopt(handle, CURLOPT_PROXYAUTH, long{CURLAUTH_BASIC});
    curl_easy_setopt(handle, CURLOPT_PROXYUSERNAME, request.proxy->user.c_str());
    curl_easy_setopt(handle, CURLOPT_PROXYPASSWORD, request.proxy->password.c_str());
}

void set_up_tls(CURL* handle, const HttpRequest& request) {
    curl_easy_setopt(handle, CURLOPT_CERTINFO, 1L);
    if (!request.ca_file.empty()) curl_easy_setopt(handle, CURLOPT_CAINFO, request.ca_file.c_str());
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

std::expected<HttpAnswer, HttpError> ask(const HttpRequest& request) {
    const Easy easy(curl_easy_init(), curl_easy_cleanup);
    if (easy == nullptr) throw std::bad_alloc();
    HeaderList headers;
    for (const std::string& header : request.headers)
        if (!headers.append(header)) throw std::bad_alloc();
    CURL* handle = easy.get();
    curl_easy_setopt(handle, CURLOPT_HTTPHEADER, headers.get());
    set_up(handle, request);
    set_up_tls(handle, request);
    set_up_proxy(handle, request);
    Reading reading;
    read_into(handle, reading);
    const CURLcode code = curl_easy_perform(handle);
    if (reading.too_large)
        return std::unexpected(HttpError{.text = "the answer is larger than 1 MB",
                                         .remedy = "look what answers there: no document of OAuth is as large"});
    // A stream may have nothing to say for long.
    const bool is_silent = code == CURLE_OPERATION_TIMEDOUT && reading.is_stream();
    if (code != CURLE_OK && !reading.enough && !is_silent) return std::unexpected(error_of(handle, code));
    long status = 0;
    curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &status);
    reading.answer.status = static_cast<int>(status);
    return std::move(reading.answer);
}

}  // namespace cli
