// Whose name a Host is: the test says it, instead of the names of nginx' servers.
#pragma once

#include "ngx/own_host.h"

namespace support {

// Of the requests from now on.
ngx::HostKind& host_kind() noexcept;

}  // namespace support
