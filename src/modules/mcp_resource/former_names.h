// Names that directives had before the first release: each is refused with the one that it has now.
#pragma once

#include <array>
#include <string_view>

#include "modules/mcp_resource/config.h"
#include "ngx/config.h"

namespace mcp_resource {

struct FormerName {
    std::string_view former;
    std::string_view now;
    std::string_view arguments = "with the same arguments";
};

inline constexpr std::array former_names = {
    FormerName{.former = "mcp_accept_any_issuer", .now = "mcp_insecure_skip_issuer_check"},
    FormerName{.former = "mcp_max_body", .now = "mcp_max_body_size"},
    FormerName{.former = "mcp_protocol",
               .now = "mcp_protocol_versions",
               .arguments =
                   "which lists revisions: for \"modern\" write \"mcp_protocol_versions 2026-07-28\", for \"legacy\" "
                   "\"mcp_protocol_versions 2025-03-26 2025-06-18 2025-11-25\", for \"dual\" leave it out"},
    FormerName{.former = "mcp_resource_alias", .now = "mcp_audience"},
    FormerName{.former = "mcp_token_typ", .now = "mcp_token_type"},
    FormerName{.former = "mcp_trusted_certificate", .now = "mcp_ssl_trusted_certificate"}};

// Of the directive `former`; always throws.
void refuse_former_name(const ngx::Arguments& arguments, MainConf& conf);

}  // namespace mcp_resource
