#include <gmock/gmock.h>

#include <cstdint>
#include <string>

#include "support/gateways.h"

namespace cli {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr std::uint64_t mebibyte = std::uint64_t{1} << 20U;

std::string on(unsigned processors, std::uint64_t memory, std::uint64_t open_files = 0) {
    return text_of(gateway_to("10.0.0.1"), {.processors = processors, .memory = memory, .open_files = open_files});
}

TEST(RenderProcessTest, ThereAreAsManyWorkersAsProcessors) {
    EXPECT_THAT(on(0, 0), HasSubstr("worker_processes auto;"));
    EXPECT_THAT(on(4, 0), HasSubstr("worker_processes 4;"));
}

TEST(RenderProcessTest, NoMoreThanTheContainerHasMemoryFor) {
    EXPECT_THAT(on(64, 64 * mebibyte), HasSubstr("worker_processes 2;"));
    EXPECT_THAT(on(64, 16 * mebibyte), HasSubstr("worker_processes 1;"));
    EXPECT_THAT(on(4, 1024 * mebibyte), HasSubstr("worker_processes 4;"));
}

TEST(RenderProcessTest, ANumberThatWasSaidIsThatNumber) {
    Gateway gateway = gateway_to("10.0.0.1");
    gateway.worker_processes = "7";
    EXPECT_THAT(text_of(gateway, {.processors = 2, .memory = 64 * mebibyte}), HasSubstr("worker_processes 7;"));
}

TEST(RenderProcessTest, ConnectionsHaveRoomInMemory) {
    EXPECT_THAT(on(2, 0), HasSubstr("worker_connections 8192;"));
    EXPECT_THAT(on(2, 64 * mebibyte), HasSubstr("worker_connections 240;"));
    EXPECT_THAT(on(1, 64 * mebibyte), HasSubstr("worker_connections 481;"));
    EXPECT_THAT(on(2, 16 * mebibyte), HasSubstr("worker_connections 32;"));
    EXPECT_THAT(on(1, 4096 * mebibyte), HasSubstr("worker_connections 8192;"));
}

// What no token is needed for: headers that are never complete, or of answers that are never taken.
TEST(RenderProcessTest, WhatOneConnectionCanHoldCounts) {
    Gateway gateway = gateway_to("10.0.0.1");
    const auto text_on = [&](std::uint64_t memory) { return text_of(gateway, {.processors = 1, .memory = memory}); };
    gateway.header_size = "8k";
    EXPECT_THAT(text_on(64 * mebibyte), HasSubstr("worker_connections 1638;"));
    gateway.header_size = {};
    gateway.tls = TlsFiles{.certificate_file = "/tls.crt", .key_file = "/tls.key"};
    EXPECT_THAT(text_on(64 * mebibyte), HasSubstr("worker_connections 282;"));
    EXPECT_THAT(text_on(64 * mebibyte), Not(HasSubstr("http2")));
    EXPECT_THAT(text_on(256 * mebibyte), HasSubstr("worker_connections 387;"));
    EXPECT_THAT(text_on(256 * mebibyte), HasSubstr("http2_max_concurrent_streams 8;"));
}

TEST(RenderProcessTest, ConnectionsHaveADescriptorEach) {
    EXPECT_THAT(on(1, 0, 1024), HasSubstr("worker_rlimit_nofile 1024;"));
    EXPECT_THAT(on(1, 0, 1024), HasSubstr("worker_connections 512;"));
    EXPECT_THAT(on(1, 0, 1000000), HasSubstr("worker_rlimit_nofile 8704;"));
    EXPECT_THAT(on(1, 0), Not(HasSubstr("worker_rlimit_nofile")));
}

}  // namespace
}  // namespace cli
