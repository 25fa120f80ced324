// The parts of nginx.conf, each in a file of its own.
#pragma once

#include <string>
#include <string_view>

#include "cli/render/configuration.h"
#include "cli/render/render.h"
#include "cli/settings/gateway.h"

namespace cli {

// process.cpp: what is said outside of http {}.
void add_process(Configuration& conf, const Gateway& gateway, const Places& places);

// http.cpp: what is said once for all servers.
void add_http(Configuration& conf, const Gateway& gateway, const Places& places);

// server.cpp: where a server listens, and its locations.
void add_server(Configuration& conf, const Gateway& gateway, const Server& server);

// resource.cpp: who may pass.
void add_resource(Configuration& conf, const Resource& resource);

// backend.cpp: where requests go that have passed.
void add_upstreams(Configuration& conf, const Gateway& gateway);
void add_backend(Configuration& conf, const Gateway& gateway, const Resource& resource);

}  // namespace cli
