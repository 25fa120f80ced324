// mcp_refusal_limit: how many tokens one address may show in vain.
#pragma once

#include <cstdint>

#include "mcp/rate_limit.h"
#include "modules/mcp_resource/config.h"
#include "ngx/nginx.h"

namespace mcp_resource {

inline constexpr std::string_view name_of_refusal_limit = "refusals";  // of a mcp_rate_limit it is none

// What the address of this request has left, with so many refusals more counted. Where nobody can say, it has. Throws
// std::bad_alloc.
mcp::LimitResult refusals_of(const ngx_http_request_t* request, const Endpoint& endpoint, std::uint32_t more);

}  // namespace mcp_resource
