#include "mcp/reserved_headers.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace mcp {
namespace {

// The headers of requests that the nginx we are built for has a place of its own for, by its struct
// ngx_http_headers_in_t: "if_modified_since" is If-Modified-Since.
std::vector<std::string> places_of_nginx() {
    std::ifstream file(NGINX_REQUEST_HEADER);
    const std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
    const std::size_t end = text.find("} ngx_http_headers_in_t;");
    const std::size_t begin = text.rfind("typedef struct {", end);
    if (end == std::string::npos || begin == std::string::npos) return {};
    std::istringstream members(text.substr(begin, end - begin));
    std::vector<std::string> names;
    for (std::string type, name; members >> type;) {
        if ((type != "ngx_table_elt_t" && type != "ngx_array_t") || !(members >> name) || !name.ends_with(';'))
            continue;
        name = name.substr(name.find_first_not_of('*'), name.rfind(';') - name.find_first_not_of('*'));
        names.push_back(name == "cookies" ? "cookie" : name);  // an array before nginx 1.23
    }
    return names;
}

std::string in_spelling(std::string name, char separator) {
    std::ranges::replace(name, '-', separator);
    return name;
}

// A new nginx that has one more makes this fail: add it to kept_by_nginx.
TEST(ReservedHeadersTest, WhatNginxHasAPlaceForIsKnown) {
    const auto names = places_of_nginx();
    EXPECT_GE(names.size(), 25U) << NGINX_REQUEST_HEADER;
    for (const std::string& name : names)
        EXPECT_TRUE(has_own_meaning(name)) << name << " of ngx_http_headers_in_t";
}

TEST(ReservedHeadersTest, WhatIsOfOneHopIsKnownInEverySpelling) {
    for (const std::string name :
         {"Connection", "Proxy-Connection", "Keep-Alive", "TE", "Trailer", "Transfer-Encoding", "Upgrade",
          "Proxy-Authorization", "Proxy-Authenticate", "HTTP2-Settings", "Max-Forwards", "Early-Data"})
        for (const char separator : {'-', '_', '.'})
            EXPECT_TRUE(has_own_meaning(in_spelling(name, separator))) << in_spelling(name, separator);
}

// The environment of CGI (RFC 3875 section 4.1.18): what programs there take for something else.
TEST(ReservedHeadersTest, WhatAProgramBehindCgiTakesForSomethingElseIsKnown) {
    for (const std::string_view name : {"Proxy", "proxy", "PROXY", "Content_Length", "CONTENT-TYPE", "X_Forwarded-For"})
        EXPECT_TRUE(has_own_meaning(name)) << name;
    for (const std::string_view name : {"X-Proxy", "Proxy-User", "X-Early-Data"})
        EXPECT_FALSE(has_own_meaning(name)) << name;
}

TEST(ReservedHeadersTest, WhatMeansSomethingIsKnownInEverySpelling) {
    for (const std::string_view name : {"Host", "host", "Content-Type", "content_type", "Mcp.Session.Id", "Cookie",
                                        "X-Forwarded-For", "x_forwarded_for", "X-Original-URL", "Proxy-Authorization"})
        EXPECT_TRUE(has_own_meaning(name)) << name;
    for (const std::string_view name : {"X-User", "X-Forwarded-User", "Hosts", ""})
        EXPECT_FALSE(has_own_meaning(name)) << name;
}

}  // namespace
}  // namespace mcp
