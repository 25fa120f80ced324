// How nginx and the network write things: addresses, sizes, names.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace cli::file {

std::optional<std::uint64_t> read_number(std::string_view text);  // digits alone

std::optional<std::uint64_t> read_size(std::string_view text);  // bytes, or k or m behind the number

bool is_host_and_port(std::string_view text);   // the port may be missing
bool is_listen_address(std::string_view text);  // IPv6 in brackets
bool is_network(std::string_view text);         // an address, and the length of a prefix behind a slash
bool is_header_name(std::string_view text) noexcept;
// Requests have such a header already, and nginx, the module or the backend need it as it is.
bool has_own_meaning(std::string_view header) noexcept;

}  // namespace cli::file
