#include <algorithm>
#include <vector>

#include "cli/render/parts.h"

namespace cli {
namespace {

// Is the process alive, and can it let a good token pass?
void add_health(Configuration& conf) {
    conf.open("location", {"=", "/healthz"});
    conf.line("access_log", {"off"});
    conf.line("default_type", {"text/plain"});
    conf.line("return", {"200", "ok"});
    conf.close();
    conf.open("location", {"=", "/readyz"});
    conf.line("access_log", {"off"});
    conf.line("mcp_ready", {});
    conf.close();
}

// The path itself and what lies below: "/mcp" and "/mcp/x", but not "/mcpx". In any case: many servers do not look at
// it, and would take "/mcp/ADMIN" for another resource than we do.
void open_location(Configuration& conf, std::string_view path) {
    if (path == "/") return conf.open("location", {"/"});
    conf.open("location", {"~*", '^' + path_pattern(path) + "(?:/|$)"});
}

void add_location(Configuration& conf, const Gateway& gateway, const Resource& resource, const Machine& machine,
                  const Upstreams& upstreams) {
    conf.set_origin(resource.origin);
    open_location(conf, resource.path);
    add_resource(conf, resource);
    add_problems_of_resource(conf);
    add_backend(conf, gateway, resource, machine, upstreams);
    conf.close();
    conf.set_origin({});
}

// nginx takes the first pattern that matches: what lies below another one has to come before it.
std::vector<const Resource*> deepest_first(const std::vector<Resource>& resources) {
    std::vector<const Resource*> sorted;
    sorted.reserve(resources.size());
    for (const Resource& resource : resources)
        sorted.push_back(&resource);
    std::ranges::stable_sort(sorted,
                             [](const Resource* a, const Resource* b) { return a->path.size() > b->path.size(); });
    return sorted;
}

}  // namespace

void add_server(Configuration& conf, const Gateway& gateway, const Server& server, const Machine& machine,
                const Upstreams& upstreams) {
    conf.open("server", {});
    add_listeners(conf, gateway, server, machine);
    conf.line("server_name", server.names);
    add_resolver_of_server(conf, gateway, machine);
    add_problems_of_server(conf);
    add_problem_location(conf);
    add_health(conf);
    for (const Resource* resource : deepest_first(server.resources))
        add_location(conf, gateway, *resource, machine, upstreams);
    if (!gateway.include_folder.empty()) conf.line("include", {gateway.include_folder + "/*.conf"});
    if (std::ranges::none_of(server.resources, [](const Resource& resource) { return resource.path == "/"; })) {
        conf.open("location", {"/"});
        conf.line("return", {"404"});
        conf.close();
    }
    conf.close();
}

}  // namespace cli
