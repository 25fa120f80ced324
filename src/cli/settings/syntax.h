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

bool is_host_name(std::string_view text) noexcept;
bool is_address(int family, std::string_view text);
bool is_host(std::string_view text);  // a host name, an IPv4 address or an IPv6 address in brackets
// As `resolver` takes it: a host, with a port or without.
bool is_resolver(std::string_view text);
// "mcp.example.com", "*.example.com", "mcp.*", ".example.com" or "_".
bool is_server_name(std::string_view text);
// As nginx writes it, in whole seconds: "30s", "1m30s", "1w".
bool is_time(std::string_view text) noexcept;
// Also with milliseconds, where nginx takes them: "500ms".
bool is_fine_time(std::string_view text) noexcept;
// A fine time without its milliseconds.
std::string whole_seconds(std::string_view text);
bool is_worker_count(std::string_view text) noexcept;   // "auto", or how many
bool is_resource_path(std::string_view text) noexcept;  // a location that needs no escaping: "/mcp"
std::optional<std::uint16_t> parse_port(std::string_view text) noexcept;

// "http://backend:3001/path", "https://backend", "unix:/run/mcp.sock". The error says what is wrong, as the end of a
// sentence.
std::expected<Backend, std::string> parse_backend_url(std::string_view text);

// That nginx itself listens there: requests would go in circles.
bool is_this_gateway(const Backend& backend, std::uint16_t port);

// Why a scope cannot be required for every request, as the end of a sentence; empty: it can. Only a mistake has a comma
// in it, and what has a "=" may mean something else to a directive (RFC 6749 section 3.3 allows both).
std::string why_not_required(std::string_view scope);

// Where nginx tells whether it is well.
bool is_path_of_probe(std::string_view path) noexcept;

// The parts between separators without the spaces around them, empty ones left out.
std::vector<std::string_view> split(std::string_view text, char separator);

}  // namespace cli
