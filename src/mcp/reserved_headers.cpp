#include "mcp/reserved_headers.h"

#include <algorithm>

#include "base/ascii.h"

namespace mcp {
namespace {

// Of hops (RFC 9110 section 7.6.1, RFC 7540 section 3.2.1), of credentials, of event streams and of early data; and
// "Proxy", which programs behind CGI take for the proxy that they have to use (HTTP_PROXY).
constexpr std::string_view others[] = {
    "Proxy-Authenticate", "Proxy-Authorization", "Proxy-Connection", "HTTP2-Settings", "Trailer",
    "Forwarded",          "Max-Forwards",        "Last-Event-ID",    "Early-Data",     "Proxy"};

// What nginx has a place for: the names in its table ngx_http_headers_in, some of them only with some of its modules.
constexpr std::string_view kept_by_nginx[] = {"Accept",
                                              "Accept-Encoding",
                                              "Accept-Language",
                                              "Authorization",
                                              "Connection",
                                              "Content-Range",
                                              "Cookie",
                                              "Date",
                                              "Depth",
                                              "Destination",
                                              "Expect",
                                              "If-Match",
                                              "If-Modified-Since",
                                              "If-None-Match",
                                              "If-Range",
                                              "If-Unmodified-Since",
                                              "Keep-Alive",
                                              "Overwrite",
                                              "Range",
                                              "Referer",
                                              "TE",
                                              "Upgrade",
                                              "User-Agent",
                                              "Via",
                                              "X-Forwarded-For",
                                              "X-Real-IP"};

template <class Names>
bool is_any_of(std::string_view name, const Names& names) noexcept {
    return std::ranges::any_of(names, [&](std::string_view known) { return base::same_cgi_name(name, known); });
}

}  // namespace

bool has_own_meaning(std::string_view header) noexcept {
    return is_any_of(header, overriding_headers) || is_any_of(header, judged_headers) || is_any_of(header, others) ||
           is_any_of(header, kept_by_nginx);
}

}  // namespace mcp
