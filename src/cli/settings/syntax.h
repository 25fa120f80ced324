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
bool is_host(std::string_view text);                    // a host name, an IPv4 address or an IPv6 address in brackets
bool is_resolver(std::string_view text);                // an IP address, with a port or without
bool is_time(std::string_view text) noexcept;           // as nginx writes it: "30s"
bool is_worker_count(std::string_view text) noexcept;   // "auto", or how many
bool is_resource_path(std::string_view text) noexcept;  // a location that needs no escaping: "/mcp"
std::optional<std::uint16_t> parse_port(std::string_view text) noexcept;

// "http://backend:3001/path", "https://backend", "unix:/run/mcp.sock". The error says what is wrong, as the end of a
// sentence.
std::expected<Backend, std::string> parse_backend_url(std::string_view text);

// The parts between separators without the spaces around them, empty ones left out.
std::vector<std::string_view> split(std::string_view text, char separator);

}  // namespace cli
