#include <gmock/gmock.h>

#include <algorithm>
#include <string>

#include "cli/render/render.h"

namespace cli {
namespace {

using testing::HasSubstr;
using testing::Not;

Resource resource(const std::string& url, const std::string& path, const std::string& origin) {
    Resource resource;
    resource.origin = origin;
    resource.uri = *mcp::ResourceUri::parse(url);
    resource.path = path;
    resource.authorization_servers = {"https://auth.example.com"};
    resource.discovery = true;
    resource.backend.host = "127.0.0.1";
    resource.backend.port = 3001;
    return resource;
}

Gateway gateway() {
    Gateway gateway;
    gateway.port = 8080;
    gateway.servers = {
        {.names = {"a.example"},
         .resources = {resource("https://a.example/mcp", "/mcp", "resources[0]"),
                       resource("https://a.example/mcp/deep", "/mcp/deep", "resources[1]")}},
        {.names = {"b.example", "c.example"}, .resources = {resource("https://b.example", "/", "resources[2]")}}};
    return gateway;
}

std::string origin_of_line_with(const Rendered& conf, const std::string& text) {
    const std::size_t at = conf.text.find(text);
    const auto line = static_cast<std::size_t>(std::ranges::count(conf.text.substr(0, at), '\n')) + 1;
    return std::string(conf.origin_of(line));
}

TEST(ServerTest, WhatLiesBelowAnotherResourceComesBeforeIt) {
    const std::string text = render(gateway(), {}).text;
    EXPECT_LT(text.find("^/mcp/deep(?:/|$)"), text.find("^/mcp(?:/|$)"));
}

TEST(ServerTest, EveryNameHasItsServer) {
    const std::string text = render(gateway(), {}).text;
    EXPECT_THAT(text, HasSubstr("server_name a.example;"));
    EXPECT_THAT(text, HasSubstr("server_name b.example c.example;"));
    EXPECT_THAT(text, Not(HasSubstr("include ")));
    Gateway changed = gateway();
    changed.include_folder = "/etc/include.d";
    EXPECT_THAT(render(changed, {}).text, HasSubstr("include /etc/include.d/*.conf;"));
}

TEST(ServerTest, EveryLineOfAResourceKnowsIt) {
    const Rendered conf = render(gateway(), {});
    EXPECT_EQ(origin_of_line_with(conf, "mcp_resource https://a.example/mcp;"), "resources[0]");
    EXPECT_EQ(origin_of_line_with(conf, "mcp_resource https://a.example/mcp/deep;"), "resources[1]");
    EXPECT_EQ(origin_of_line_with(conf, "mcp_resource https://b.example;"), "resources[2]");
    EXPECT_EQ(origin_of_line_with(conf, "server_name a.example;"), "");
    EXPECT_EQ(conf.origin_of(0), "");
    EXPECT_EQ(conf.origin_of(100000), "");
}

}  // namespace
}  // namespace cli
