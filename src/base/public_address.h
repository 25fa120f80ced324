// Which addresses a URL that a document supplied may lead to (SSRF; MCP security best practices, RFC 6890).
#pragma once

#include <sys/socket.h>

#include <span>

namespace base {

// `address` in network order: 4 bytes (IPv4) or 16 (IPv6). False for anything that is not globally reachable unicast:
// loopback, private, link-local (cloud metadata services), shared, multicast, documentation and reserved ranges, also
// when they are wrapped in an IPv6 address; and for any other length.
bool is_public_address(std::span<const unsigned char> address) noexcept;
// As the system's calls have it; false for any other family.
bool is_public_address(const sockaddr& address) noexcept;

}  // namespace base
