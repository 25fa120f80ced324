// Hosts that are IP addresses. Parsers of URLs rewrite unusual spellings (127.1, 0x7F.1, [::0001]) to the usual one, or
// do not: such a host is one to one program and another to the next.
#pragma once

#include <string_view>

namespace base {

// The URL Standard reads a host as an IPv4 address when its last label, but for a dot at its end, is a number: decimal,
// or hexadecimal after "0x".
bool ends_in_number(std::string_view host) noexcept;

// Four decimal numbers from 0 to 255 without leading zeros.
bool is_usual_ipv4(std::string_view host) noexcept;

// Without brackets, as RFC 5952 writes it: lower case, the longest run of zeros as "::". No zone.
bool is_usual_ipv6(std::string_view address) noexcept;

}  // namespace base
