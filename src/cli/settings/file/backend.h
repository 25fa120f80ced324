// Where requests go that have passed, of what the file says about it.
#pragma once

#include "cli/settings/file/keys.h"

namespace cli::file {

// Setters of the table: of `url` and `host` in a mapping, and of a URL in place of one.
void set_backend_url(void* backend, const Value& value);
void set_backend_host(void* backend, const Value& value);
void set_backend(void* resource, const Value& value);
// keys: discovery
void set_discovery(void* resource, const Value& value);

// The host and the port as they stand in a Host header.
std::string authority_of(const Backend& backend);

}  // namespace cli::file
