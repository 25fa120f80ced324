// A gateway with one resource, for tests of what is made of it.
#pragma once

#include <string>
#include <utility>

#include "cli/render/render.h"

namespace cli {

inline Gateway gateway_to(std::string host) {
    Resource resource;
    resource.uri = *mcp::ResourceUri::parse("https://mcp.example.com/mcp");
    resource.authorization_servers = {"https://auth.example.com"};
    resource.path = "/mcp";
    resource.backend.host = std::move(host);
    resource.backend.port = 3001;
    Gateway gateway;
    gateway.port = 8080;
    gateway.servers = {{.names = {"mcp.example.com"}, .resources = {resource}}};
    return gateway;
}

inline std::string text_of(const Gateway& gateway, const Machine& machine = {}) {
    return render(gateway, {}, machine).text;
}

}  // namespace cli
