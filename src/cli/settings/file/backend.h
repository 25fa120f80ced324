// Where requests go that have passed, of what the file says about it.
#pragma once

#include "cli/settings/file/keys.h"

namespace cli::file {

// Setters of the table: of `url` and `host` in a mapping (of a Backend), and of a URL in place of one (of a Resource).
void set_backend_url(void* owner, const Value& value);
void set_backend_host(void* owner, const Value& value);
void set_backend(void* owner, const Value& value);
// keys: discovery, of a Resource
void set_discovery(void* owner, const Value& value);

// The host and the port as they stand in a Host header.
std::string authority_of(const Backend& backend);

}  // namespace cli::file
