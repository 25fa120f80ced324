// Our parser of http(s) URLs, and libcurl's, which fetches them: what ours takes, libcurl takes, with the
// same scheme, host, port and path. Otherwise a check would be about one server and the request would go to another.
#include <curl/curl.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>

#include "base/ascii.h"
#include "base/http_url.h"
#include "mcp/resource_uri.h"

namespace {

void require(bool condition) {
    if (!condition) std::abort();
}

class CurlUrl {
public:
    explicit CurlUrl(const std::string& text)
        : is_good_(curl_url_set(url_.get(), CURLUPART_URL, text.c_str(), 0) == CURLUE_OK) {}

    bool is_good() const { return is_good_; }
    std::string part(CURLUPart what, unsigned flags = 0) const {
        char* text = nullptr;
        if (curl_url_get(url_.get(), what, &text, flags) != CURLUE_OK) return {};
        const std::unique_ptr<char, decltype(&curl_free)> owner(text, &curl_free);
        return text;
    }

private:
    std::unique_ptr<CURLU, decltype(&curl_url_cleanup)> url_{curl_url(), &curl_url_cleanup};
    bool is_good_;
};

void require_agreement(const base::HttpUrl& ours, const CurlUrl& theirs) {
    require(theirs.is_good());
    require(theirs.part(CURLUPART_SCHEME) == (ours.secure ? "https" : "http"));
    require(base::equals_ignoring_case(theirs.part(CURLUPART_HOST), ours.host));
    require(theirs.part(CURLUPART_PORT, CURLU_DEFAULT_PORT) == std::to_string(ours.port));
    require(theirs.part(CURLUPART_PATH) == (ours.path.empty() ? "/" : ours.path));
    require(theirs.part(CURLUPART_USER).empty() && theirs.part(CURLUPART_PASSWORD).empty());
    require(theirs.part(CURLUPART_FRAGMENT).empty());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text(reinterpret_cast<const char*>(data), size);
    const auto url = base::HttpUrl::parse(text);
    if (url) require_agreement(*url, CurlUrl(text));
    const auto uri = mcp::ResourceUri::parse(text);
    if (!uri) return 0;
    const auto canonical = base::HttpUrl::parse(uri->text());
    require(canonical.has_value());
    require_agreement(*canonical, CurlUrl(uri->text()));
    require_agreement(*canonical, CurlUrl(text));  // as it was before it got its canonical form
    return 0;
}
