#include "cli/settings/environment.h"

#include <gmock/gmock.h>

#include <utility>

namespace cli {
namespace {

TEST(EnvironmentTest, WhatKubernetesSaysOfServicesIsNoSetting) {
    for (const auto& [name, value] :
         {std::pair("MCP_SERVICE_HOST", "10.0.0.1"), std::pair("MCP_SERVICE_PORT", "80"),
          std::pair("MCP_X_SERVICE_PORT_HTTP", "80"), std::pair("MCP_PORT", "tcp://10.0.0.1:80"),
          std::pair("MCP_LISTEN_PORT", "tcp://10.0.0.1:80"), std::pair("MCP_PORT_80_TCP", "tcp://10.0.0.1:80"),
          std::pair("MCP_X_PORT_80_TCP_ADDR", "10.0.0.1"), std::pair("MCP_X_PORT_53_UDP_PROTO", "udp")})
        EXPECT_TRUE(is_of_a_service(name, value)) << name;
    for (const auto& [name, value] : {std::pair("MCP_LISTEN_PORT", "8080"), std::pair("MCP_LISTEN_PORT", ""),
                                      std::pair("MCP_BACKEND", "tcp://a:80"),
                                      std::pair("MCP_X_PORT_80_ADDR", "10.0.0.1"), std::pair("MCP_SERVICE", "x")})
        EXPECT_FALSE(is_of_a_service(name, value)) << name;
}

TEST(EnvironmentTest, AnEmptyVariableIsNoSetting) {
    EXPECT_THAT(settings_in({{"MCP_BACKEND", "a:1"}, {"MCP_TLS", ""}, {"MCP_OTHER", "x"}}),
                testing::ElementsAre("MCP_BACKEND"));
}

}  // namespace
}  // namespace cli
