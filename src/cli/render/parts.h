// The parts of nginx.conf, each in a file of its own.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "cli/render/configuration.h"
#include "cli/render/render.h"
#include "cli/settings/gateway.h"

namespace cli {

// backend.cpp: where nginx keeps connections, each place once, by the names of their `upstream`.
class Upstreams {
public:
    Upstreams(const Gateway& gateway, const Machine& machine);

    void add(Configuration& conf) const;
    std::string name_of(const Backend& backend) const;

private:
    std::vector<std::string> authorities_;
    std::map<std::string, std::size_t> places_;  // in that list
};

// process.cpp: what is said outside of http {}.
void add_process(Configuration& conf, const Gateway& gateway, const Places& places, const Machine& machine);

bool speaks_http2(const Gateway& gateway, const Machine& machine);
inline constexpr unsigned http2_streams = 8;  // at once, of a connection
inline constexpr std::uint64_t default_header_size = std::uint64_t{32} * 1024;

// http.cpp: what is said once for all servers.
void add_http(Configuration& conf, const Gateway& gateway, const Places& places, const Machine& machine);

// problems.cpp: what is answered where nginx would show a page of its own.
void add_problems(Configuration& conf);
void add_problem_location(Configuration& conf);
void add_problems_of_server(Configuration& conf);
void add_problems_of_resource(Configuration& conf);

// reports.cpp: records, traces, and the server of the status page and the metrics.
void add_reports(Configuration& conf, const Gateway& gateway);
void add_status_server(Configuration& conf, const Gateway& gateway, const Machine& machine);

// listeners.cpp
// As `listen` takes them; no addresses: all.
std::vector<std::string> addresses_of(std::vector<std::string> addresses, std::uint16_t port, const Machine& machine);
void add_listeners(Configuration& conf, const Gateway& gateway, const Server& server, const Machine& machine);

// server.cpp: a server and its locations.
void add_server(Configuration& conf, const Gateway& gateway, const Server& server, const Machine& machine,
                const Upstreams& upstreams);

// limits.cpp: how much may pass, and where it is counted.
void add_redis(Configuration& conf, const Redis& redis);
void add_limits(Configuration& conf, const Resource& resource);

// resource.cpp: who may pass.
void add_resource(Configuration& conf, const Resource& resource);

// backend.cpp: where requests go that have passed.
void add_backend(Configuration& conf, const Gateway& gateway, const Resource& resource, const Machine& machine,
                 const Upstreams& upstreams);
// For the module, which asks the resolver of http {} for the name of Redis: ours where that name is left to us. The
// operator's is that of every server then.
void add_resolver(Configuration& conf, const Gateway& gateway, const Machine& machine);
void add_resolver_of_server(Configuration& conf, const Gateway& gateway, const Machine& machine);

}  // namespace cli
