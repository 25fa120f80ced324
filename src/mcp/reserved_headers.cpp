#include "mcp/reserved_headers.h"

#include <algorithm>

#include "base/ascii.h"

namespace mcp {
namespace {

// Of hops, of credentials, and of event streams.
constexpr std::string_view others[] = {"Proxy-Authorization", "Proxy-Connection", "Trailer", "Forwarded",
                                       "Last-Event-ID"};

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
