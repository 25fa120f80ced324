#include <gmock/gmock.h>

#include <string>

#include "support/gateways.h"

namespace cli {
namespace {

using testing::HasSubstr;
using testing::Not;

Gateway with_tls() {
    Gateway gateway = gateway_to("10.0.0.1");
    gateway.tls = TlsFiles{.certificate_file = "/tls/tls.crt", .key_file = "/tls/tls.key"};
    return gateway;
}

TEST(RenderListenersTest, BothFamiliesAreListenedOnWhereThereAreBoth) {
    const Gateway gateway = gateway_to("10.0.0.1");
    EXPECT_THAT(text_of(gateway), HasSubstr("listen 8080 "));
    EXPECT_THAT(text_of(gateway), HasSubstr("listen [::]:8080 "));
    EXPECT_THAT(text_of(gateway, {.has_ipv6 = false}), Not(HasSubstr("[::]")));
}

TEST(RenderListenersTest, AddressesThatWereSaidAreTheOnlyOnes) {
    Gateway gateway = gateway_to("10.0.0.1");
    gateway.listen_addresses = {"127.0.0.1"};
    EXPECT_THAT(text_of(gateway), HasSubstr("listen 127.0.0.1:8080 "));
    EXPECT_THAT(text_of(gateway), Not(HasSubstr("[::]")));
}

TEST(RenderListenersTest, Http2IsSaidAsThisNginxTakesIt) {
    EXPECT_THAT(text_of(with_tls(), {.nginx_version = 1022001}), HasSubstr("listen 8080 ssl http2 "));
    EXPECT_THAT(text_of(with_tls(), {.nginx_version = 1025000}), HasSubstr("listen 8080 ssl http2 "));
    const std::string newer = text_of(with_tls(), {.nginx_version = 1025001});
    EXPECT_THAT(newer, HasSubstr("listen 8080 ssl sndbuf"));
    EXPECT_THAT(newer, HasSubstr("http2 on;"));
}

TEST(RenderListenersTest, ThereIsNoHttp2WithoutTlsOrWhereNginxDoesNotSpeakIt) {
    EXPECT_THAT(text_of(gateway_to("10.0.0.1")), Not(HasSubstr("http2")));
    EXPECT_THAT(text_of(with_tls(), {.nginx_version = 1026003, .has_http2 = false}), Not(HasSubstr("http2")));
    EXPECT_THAT(text_of(with_tls(), {.has_http2 = false}), Not(HasSubstr("http2")));
}

TEST(RenderListenersTest, OptionsOfASocketAreSaidOnce) {
    Gateway gateway = gateway_to("10.0.0.1");
    gateway.servers.push_back(gateway.servers.front());
    const std::string text = text_of(gateway);
    EXPECT_THAT(text, HasSubstr("listen 8080 sndbuf=256k rcvbuf=256k;"));
    EXPECT_THAT(text, HasSubstr("listen 8080;"));
    EXPECT_THAT(text, HasSubstr("listen [::]:8080;"));
}

}  // namespace
}  // namespace cli
