// Hosts as lists of them name them ("no_proxy").
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/http_url.h"

namespace base {

// A host as it stands in a URL, or "." and a name, for all names below that.
bool is_host_pattern(std::string_view text) noexcept;
// Of a pattern, in any case.
bool matches_host(std::string_view pattern, std::string_view host) noexcept;

// Whether a request goes there through the proxy that there is: not to the hosts of these patterns, nor to what stays
// on this machine, as a loopback address means another machine to the proxy.
bool is_behind_proxy(const HttpUrl& to, std::span<const std::string> direct) noexcept;

// Whether the owner of some domain could have a browser take this machine for the host of his pages (DNS rebinding),
// and read what it answers. An address is what it is; a name of one label, like that of a service of Docker or
// Kubernetes, is in no zone that strangers own; browsers look up no "localhost".
bool may_be_rebound(std::string_view host) noexcept;

// Whether the host is an address, or a name, that leads into a private network wherever it is looked up. For whoever
// has somebody else look it up: what other names lead to only that one knows.
bool is_private_by_name(const HttpUrl& url) noexcept;

}  // namespace base
