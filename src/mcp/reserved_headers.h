// Headers of requests that mean something already.
#pragma once

#include <array>
#include <string_view>

namespace mcp {

// Some backends take these for the method or the path, in place of what was judged.
inline constexpr std::array<std::string_view, 5> overriding_headers = {
    "X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override", "X-Original-URL", "X-Rewrite-URL"};

// What was judged, and what a backend of the CGI kind would merge with it.
inline constexpr std::array<std::string_view, 10> judged_headers = {"Content-Type",
                                                                    "Content-Encoding",
                                                                    "Content-Length",
                                                                    "Transfer-Encoding",
                                                                    "MCP-Protocol-Version",
                                                                    "Mcp-Method",
                                                                    "Mcp-Name",
                                                                    "Mcp-Session-Id",
                                                                    "Origin",
                                                                    "Host"};

// Whether a header that says who is asking may not have this name, however it is spelt (base::same_cgi_name): framing
// and routing would break, credentials could be forged, and nginx keeps what some say in places of its own
// ($http_cookie, $proxy_add_x_forwarded_for, ranges), where the client's value would stay.
bool has_own_meaning(std::string_view header) noexcept;

}  // namespace mcp
