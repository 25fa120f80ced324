#include "cli/settings/derived.h"

#include "cli/settings/limits.h"

namespace cli {
namespace {

std::string metadata_of(const Resource& resource) {
    if (resource.metadata_uri) return resource.metadata_uri->text();
    return std::string(resource.uri->origin()) + resource.uri->well_known_path();
}

std::string keys_of(const Resource& resource) {
    std::string ways = resource.discovery ? "keys by discovery" : "";
    if (!resource.key_sets.empty()) ways = "keys as configured";
    if (resource.introspection) ways += ways.empty() ? "introspection" : " and introspection";
    return ways;
}

std::string line_of(const Resource& resource) {
    const std::string origin = resource.origin.empty() ? "" : resource.origin + ": ";
    return origin + resource.uri->text() + ", metadata " + metadata_of(resource) + ", " + keys_of(resource) +
           ", passed on to " + destination(resource);
}

}  // namespace

std::string destination(const Resource& resource) {
    const Backend& backend = resource.backend;
    if (backend.transport == Backend::Transport::unix_socket) return "unix:" + backend.host;
    const std::string scheme = backend.transport == Backend::Transport::https ? "https://" : "http://";
    return scheme + backend.host + ':' + std::to_string(backend.port) +
           (backend.path.empty() ? resource.path : backend.path);
}

void tell_derived(const Gateway& gateway, Findings& findings) {
    if (!findings.errors.empty()) return;
    for (const Server& server : gateway.servers)
        for (const Resource& resource : server.resources)
            if (resource.uri) findings.derived.push_back(line_of(resource));
    if (const std::string where = counted_where(gateway); !where.empty()) findings.derived.push_back(where);
    findings.derived.push_back("listens on port " + std::to_string(gateway.port) +
                               (gateway.tls ? ", TLS" : ", plain HTTP"));
}

}  // namespace cli
