// What single values must look like, whoever says them: what is accepted here is one parameter of nginx's
// configuration, whatever directive it belongs to.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/settings/gateway.h"

namespace cli {

// What every text must be before anyone looks at what it means: the end of a sentence about it, which does not repeat
// it; empty: nothing is wrong.
std::string unusable_problem(std::string_view text);
// Of the name of a file. Some directives of nginx take what follows a "$" for a variable.
std::string file_name_problem(std::string_view text);

bool is_host_name(std::string_view text) noexcept;
bool is_address(int family, std::string_view text);
bool is_host(std::string_view text);  // a host name, an IPv4 address or an IPv6 address in brackets
// As `resolver` takes it: a host, with a port or without.
bool is_resolver(std::string_view text);
// What nginx takes among them: "valid=30s", "ipv6=off".
bool is_resolver_option(std::string_view text);
// The name in one, which nginx looks up when it starts; empty for an address or an option.
std::string name_in_resolver(std::string_view text);
// The end of a sentence about all of them: that they name no server, or too many; empty: nothing is wrong.
std::string resolvers_problem(const std::vector<std::string>& resolvers);
// "mcp.example.com", "*.example.com", "mcp.*", ".example.com" or "_".
bool is_server_name(std::string_view text);
// As nginx compares it with what requests name: in lower case, without the dot that stands for the root of all names.
std::string normalized_server_name(std::string_view text);
// The host of a resource's URI, as requests name it; or what is wrong with it, as the end of a sentence.
std::expected<std::string, std::string> server_name_of(const mcp::ResourceUri& uri);
bool is_worker_count(std::string_view text) noexcept;   // "auto", or how many
bool is_resource_path(std::string_view text) noexcept;  // a location that needs no escaping: "/mcp"
std::optional<std::uint16_t> parse_port(std::string_view text) noexcept;

// "http://backend:3001/path", "https://backend", "unix:/run/mcp.sock". The error says what is wrong, as the end of a
// sentence.
std::expected<Backend, std::string> parse_backend_url(std::string_view text);

// That nginx itself listens there: requests would go in circles.
bool is_this_gateway(const Backend& backend, std::uint16_t port);

// The end of a sentence about the setting; empty: they are few enough to be required.
std::string too_many_scopes_problem(const std::vector<std::string>& scopes);

// Without the slash at its end: what lies below a location is protected with it.
std::string_view normalized_location(std::string_view path) noexcept;
// Where nginx tells whether it is well: of a normalized location.
bool is_path_of_probe(std::string_view path) noexcept;

// The parts between separators without the spaces around them, empty ones left out.
std::vector<std::string_view> split(std::string_view text, char separator);

}  // namespace cli
