#include <gmock/gmock.h>

#include <string>

#include "support/gateways.h"

namespace cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

const Machine with_service{.name_port = 5300, .hosts = {"host.docker.internal"}};

TEST(RenderBackendTest, ANameIsLookedUpByUs) {
    const std::string text = text_of(gateway_to("backend"), with_service);
    EXPECT_THAT(text, HasSubstr("resolver 127.0.0.1:5300 valid=1s;"));
    EXPECT_THAT(text, HasSubstr("set $mcp_backend backend:3001;"));
    EXPECT_THAT(text, Not(HasSubstr("upstream")));
    EXPECT_THAT(text, HasSubstr("proxy_set_header Connection close;"));
    EXPECT_THAT(served_names(gateway_to("backend"), with_service), ElementsAre("backend"));
}

TEST(RenderBackendTest, AnAddressAndASocketKeepTheirConnections) {
    for (const char* address : {"10.0.0.1", "[fd00::1]"}) {
        const std::string text = text_of(gateway_to(address), with_service);
        EXPECT_THAT(text, HasSubstr("server " + std::string(address) + ":3001;"));
        EXPECT_THAT(text, HasSubstr("keepalive 16;"));
        EXPECT_THAT(text, HasSubstr("proxy_set_header Connection \"\";"));
        EXPECT_THAT(served_names(gateway_to(address), with_service), IsEmpty());
    }
    Gateway gateway = gateway_to("/run/mcp.sock");
    gateway.servers.front().resources.front().backend.transport = Backend::Transport::unix_socket;
    EXPECT_THAT(text_of(gateway, with_service), HasSubstr("server unix:/run/mcp.sock;"));
    EXPECT_THAT(served_names(gateway, with_service), IsEmpty());
}

TEST(RenderBackendTest, AResolverIsAskedForWhatEtcHostsDoesNotSay) {
    Gateway gateway = gateway_to("backend");
    gateway.resolvers = {"10.0.0.2"};
    EXPECT_THAT(text_of(gateway, with_service), HasSubstr("resolver 10.0.0.2 valid=10s;"));
    EXPECT_THAT(text_of(gateway, with_service), Not(HasSubstr("127.0.0.1:5300")));
    EXPECT_THAT(served_names(gateway, with_service), IsEmpty());
    gateway = gateway_to("Host.docker.internal");
    gateway.resolvers = {"10.0.0.2"};
    EXPECT_THAT(text_of(gateway, with_service), HasSubstr("resolver 127.0.0.1:5300 valid=1s;"));
    EXPECT_THAT(served_names(gateway, with_service), ElementsAre("Host.docker.internal"));
}

// nginx runs no directive of its rewrite module that stands after a `break`.
TEST(RenderBackendTest, TheNameIsSetBeforeThePathIsRewritten) {
    Gateway gateway = gateway_to("backend");
    gateway.servers.front().resources.front().backend.path = "/v1/mcp";
    for (const char* resolver : {"", "10.0.0.2"}) {
        if (*resolver != '\0') gateway.resolvers = {resolver};
        const std::string text = text_of(gateway, with_service);
        ASSERT_THAT(text, HasSubstr(R"(rewrite "(?i)^/mcp/?$" /v1/mcp break;)"));
        EXPECT_LT(text.find("set $mcp_backend"), text.find("rewrite "));
    }
}

TEST(RenderBackendTest, WhereNobodyServesNamesNginxLooksThemUpOnce) {
    EXPECT_THAT(text_of(gateway_to("backend")), HasSubstr("server backend:3001;"));
}

}  // namespace
}  // namespace cli
