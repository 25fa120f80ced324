#include "cli/settings/file/reader.h"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <set>

#include "base/ascii.h"
#include "cli/files.h"
#include "cli/settings/derived.h"
#include "cli/settings/file/backend.h"
#include "cli/settings/file/checks.h"
#include "cli/settings/file/kinds.h"
#include "cli/settings/file/limit_keys.h"
#include "cli/settings/file/node.h"
#include "cli/settings/file/reading.h"
#include "cli/settings/file/report_keys.h"
#include "cli/settings/syntax.h"
#include "cli/terminal.h"

namespace cli {
namespace file {
namespace {

std::string folder_of(const std::string& path) {
    std::error_code error;
    const auto absolute = std::filesystem::absolute(path, error);
    return error ? "/" : absolute.parent_path().lexically_normal().string();
}

// What lies below a path is protected with it, whether it ends with a slash or not.
void derive_path(ResourceDraft& resource, Mistakes& mistakes) {
    const bool is_derived = resource.path.empty();
    const Place place = place_of(resource, is_derived ? "url" : "path");
    if (is_derived) resource.path = resource.uri->path().empty() ? "/" : resource.uri->path();
    if (const std::string problem = path_problem(resource.path); !problem.empty())
        mistakes.add(
            place.at, place.path,
            "the path " + shown(resource.path) + ' ' + problem +
                (problem == is_for_probes ? "; choose another path" : "; it may have letters, digits and \"-._~\""));
    resource.path = normalized_location(resource.path);
    if (!resource.uri->query().empty())
        mistakes.add(place.at, place.path, "has a query, and a location cannot tell it from others; leave it out");
}

void derive_backend(ResourceDraft& resource, Draft& draft, Mistakes& mistakes) {
    Backend& backend = resource.backend;
    const bool is_socket = backend.transport == Backend::Transport::unix_socket;
    const Place place = place_of(resource, "backend");
    if (backend.host_header == "backend") backend.host_header = is_socket ? "localhost" : authority_of(backend);
    if (!backend.ca_file.empty() && backend.transport != Backend::Transport::https)
        mistakes.add(place.at, place.path, "\"ca\" has no effect without an https URL; leave it out");
    if (is_this_gateway(backend, draft.port))
        mistakes.add(place.at, place.path,
                     "names the port where nginx itself listens: requests would go in circles; "
                     "\"listen\" names another");
    // With name servers of their own, names are looked up when they are needed.
    if (!is_socket && draft.resolvers.empty())
        draft.hosts.push_back({.origin = mistakes.place(place.at, place.path),
                               .host = backend.host,
                               .remedy = "; with \"resolver\" it is looked up when it is needed"});
}

void derive(ResourceDraft& resource, Draft& draft, Mistakes& mistakes) {
    auto uri = mcp::ResourceUri::parse(resource.url);
    if (!uri) return;
    resource.uri = *std::move(uri);
    resource.discovery = resource.says_discovery || (resource.key_sets.empty() && !resource.introspection.has_value());
    if (resource.server_names.empty()) {
        resource.server_names = {server_name_of(*resource.uri).value_or("")};  // its kind has checked it
    }
    for (std::string& name : resource.server_names)
        name = normalized_server_name(name);
    derive_path(resource, mistakes);
    derive_backend(resource, draft, mistakes);
}

// ".example.com" is "example.com" and all below it.
std::set<std::string> meant_by(const std::vector<std::string>& names) {
    std::set<std::string> meant;
    for (const std::string& name : names) {
        if (!name.starts_with('.')) {
            meant.insert(name);
            continue;
        }
        meant.insert(name.substr(1));
        meant.insert('*' + name);
    }
    return meant;
}

// The server of these names, which may be a new one; null: another has some of them. nginx would ignore a name that
// stands in two servers, and the rules of the second with it.
Server* server_for(const ResourceDraft& resource, Gateway& gateway) {
    const std::set<std::string> wanted = meant_by(resource.server_names);
    for (Server& server : gateway.servers) {
        const std::set<std::string> known = meant_by(server.names);
        if (known == wanted) return &server;
        if (std::ranges::any_of(wanted, [&](const std::string& name) { return known.contains(name); })) return nullptr;
    }
    return &gateway.servers.emplace_back(Server{.names = resource.server_names, .resources = {}});
}

// By the host names that requests come to.
void add_to_server(const ResourceDraft& resource, Gateway& gateway, Mistakes& mistakes) {
    const Place place = place_of(resource, "server_names");
    Server* server = server_for(resource, gateway);
    if (server == nullptr)
        return mistakes.add(place.at, place.path,
                            "shares some of its host names with another resource, and not all; "
                            "give both the same list in \"server_names\"");
    for (const Resource& other : server->resources) {
        const Place url = place_of(resource, "url");
        if (base::equals_ignoring_case(other.path, resource.path))
            mistakes.add(url.at, url.path,
                         "is at the same place as " + other.origin + ": path " + shown(resource.path) + " of " +
                             shown(server->names.front()) + "; each resource needs its own");
        else if (*other.uri == *resource.uri)
            mistakes.add(url.at, url.path, "is the URL of " + other.origin + ", too; each resource needs its own");
    }
    server->resources.push_back(resource);
}

void finish(Draft& draft, const Node& document, Mistakes& mistakes) {
    if (draft.port == 0) draft.port = draft.tls ? 443 : 80;
    draft.port_setting = "listen.port: ";
    for (ResourceDraft& resource : draft.resources) {
        derive(resource, draft, mistakes);
        check_resource(resource, mistakes);
        if (resource.uri) add_to_server(resource, draft, mistakes);
    }
    check_proxy(draft, document, mistakes);
    check_resolver(draft, document, mistakes);
    check_redis(draft, document, mistakes);
    check_reports(draft, document, mistakes);
}

void read_document(std::string_view text, const std::string& path, Draft& draft, Mistakes& mistakes) {
    const auto document = parse(text, mistakes);
    if (!document) return;
    if (document->type == Node::Type::nothing) return mistakes.add({}, "", "is empty; it needs at least \"resources\"");
    Reading(folder_of(path), mistakes, draft).read(*document);
    // What keys must be to each other can be said of good ones alone.
    if (!mistakes.any()) finish(draft, *document, mistakes);
}

// Names of files in it are a pattern to nginx.
void find_includes(Gateway& gateway, const std::string& path, Mistakes& mistakes) {
    const std::string folder = folder_of(path) + "/include.d";
    struct stat information{};
    if (::lstat(folder.c_str(), &information) != 0 && errno == ENOENT) return;
    if (::stat(folder.c_str(), &information) != 0 || !S_ISDIR(information.st_mode))
        mistakes.add({}, "",
                     "is next to an include.d that is not a folder and has no effect; make it a folder, or remove it");
    if (folder.find_first_of("*?[\\$\"") != std::string::npos)
        mistakes.add({}, "",
                     "is in a folder whose name nginx would take for a pattern, so include.d cannot be read; rename "
                     "the folder");
    gateway.include_folder = folder;
}

}  // namespace
}  // namespace file

Gateway read_text(std::string_view text, const std::string& path, Findings& findings) {
    file::Mistakes mistakes(printable(path));
    file::Draft draft;
    file::read_document(text, path, draft, mistakes);
    mistakes.tell(findings);
    return static_cast<Gateway&&>(draft);  // what only reading needed stays behind
}

Gateway read_file(const std::string& path, Findings& findings) {
    const auto text = content_of(path);
    if (!text) {
        findings.errors.push_back(printable(path) + ": cannot be read: " + text.error());
        return {};
    }
    Gateway gateway = read_text(*text, path, findings);
    file::Mistakes mistakes(printable(path));
    file::find_includes(gateway, path, mistakes);
    mistakes.tell(findings);
    tell_derived(gateway, findings);
    return gateway;
}

}  // namespace cli
