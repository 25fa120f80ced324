// The objects below "resources" and "defaults".
#pragma once

#include "cli/settings/file/keys.h"

namespace cli::file {

extern const Object backend_object;
extern const Object key_object;
extern const Object introspection_object;
extern const Object scopes_object;
extern const Object resource_object;
extern const Object defaults_object;

}  // namespace cli::file
